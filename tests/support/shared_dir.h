// A temporary directory that every user may enter, so that processes of Postfix reach the sockets
// in it.
//
// Files made in it get the group postfix, where there is one: that is how the documented set-up
// lets Postfix connect to a socket of mode 0660.

#pragma once

#include "support/temp_dir.h"

#include <string>

namespace optout::test {

class SharedDir {
public:
  SharedDir();
  std::string operator/(const std::string& name) const { return directory_ / name; }

private:
  TempDir directory_;
};

}  // namespace optout::test
