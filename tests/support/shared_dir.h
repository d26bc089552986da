// A temporary directory that every user may enter, so that processes of an MTA reach the sockets
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
  explicit SharedDir(const std::string& parent);  // not where TempDir would have it, but there
  std::string operator/(const std::string& name) const { return directory_ / name; }

private:
  void share() const;

  TempDir directory_;
};

}  // namespace optout::test
