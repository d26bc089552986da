// Who may do what with a file: an account with its groups, and files as stat(2) sees them.
//
// The system is asked in account_of(), look_at() and way_to(); the rest is arithmetic on what they
// found. Access lists (ACL) and security modules are not known here: only they can make the answer
// wrong.
//
// Threads: one, as the user database of the C library is asked.

#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace optout::doctor {

struct Account {
  std::string name;
  uid_t uid = 0;
  std::vector<gid_t> groups;  // all of them
};

std::optional<Account> account_of(const std::string& name);
std::optional<Account> account_of(uid_t uid);

struct FileFacts {
  std::string path;
  int error = 0;    // of stat(2): ENOENT, EACCES
  mode_t mode = 0;  // with the kind of file
  uid_t uid = 0;
  gid_t gid = 0;
  // Written, or put in its place: a file that is moved there keeps its time of writing.
  std::chrono::system_clock::time_point changed{};

  bool exists() const noexcept { return error == 0; }
  unsigned permissions() const noexcept { return mode & 07777u; }
};

FileFacts look_at(const std::string& path);

// The directories that lead to `path`, from "/" on, without itself.
std::vector<FileFacts> way_to(const std::string& path);

enum class Permission : unsigned { enter = 1, write = 2, read = 4 };

bool may(const Account& who, Permission what, const FileFacts& file) noexcept;

// The first directory on the way that `who` may not enter, if any.
const FileFacts* closed_to(const Account& who, const std::vector<FileFacts>& way) noexcept;

// "0660 _optout-milter:postfix"
std::string permissions_text(const FileFacts& file);

// "postfix", or the number where the group has no name.
std::string group_name(gid_t gid);

}  // namespace optout::doctor
