#include "support/shared_dir.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace optout::test {

SharedDir::SharedDir() {
  share();
}

SharedDir::SharedDir(const std::string& parent) : directory_(parent) {
  share();
}

void SharedDir::share() const {
  const std::string path = directory_.path();
  if (const group* postfix = ::getgrnam("postfix"); postfix != nullptr && ::geteuid() == 0) {
    if (::chown(path.c_str(), 0, postfix->gr_gid) != 0) {
      throw std::system_error(errno, std::generic_category(), path);
    }
  }
  ::chmod(path.c_str(), 02755);  // NOLINT: the set-group-id bit is the point
}

}  // namespace optout::test
