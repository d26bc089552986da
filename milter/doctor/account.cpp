#include "doctor/account.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace optout::doctor {
namespace {

std::optional<Account> account_from(const passwd* entry) {
  if (entry == nullptr) return std::nullopt;
  Account account{.name = entry->pw_name, .uid = entry->pw_uid, .groups = {}};
  int count = 64;
  while (true) {
    account.groups.resize(static_cast<std::size_t>(count));
    const int room = count;
    if (::getgrouplist(entry->pw_name, entry->pw_gid, account.groups.data(), &count) >= 0) break;
    if (count <= room) count = 2 * room;
  }
  account.groups.resize(static_cast<std::size_t>(count));
  return account;
}

std::chrono::system_clock::time_point time_of(const timespec& time) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
          std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec)));
}

}  // namespace

std::optional<Account> account_of(const std::string& name) {
  return account_from(::getpwnam(name.c_str()));
}

std::optional<Account> account_of(uid_t uid) {
  return account_from(::getpwuid(uid));
}

FileFacts look_at(const std::string& path) {
  FileFacts file{.path = path};
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    file.error = errno;
    return file;
  }
  file.mode = status.st_mode;
  file.uid = status.st_uid;
  file.gid = status.st_gid;
  file.changed = std::max(time_of(status.st_mtim), time_of(status.st_ctim));
  return file;
}

std::vector<FileFacts> way_to(const std::string& path) {
  std::vector<FileFacts> way;
  std::filesystem::path here;
  for (const auto& part : std::filesystem::path(path).parent_path()) {
    here /= part;
    way.push_back(look_at(here));
  }
  return way;
}

bool may(const Account& who, Permission what, const FileFacts& file) noexcept {
  if (who.uid == 0) return true;
  unsigned bits = file.mode & 7u;
  if (who.uid == file.uid) {
    bits = (file.mode >> 6) & 7u;
  } else if (std::find(who.groups.begin(), who.groups.end(), file.gid) != who.groups.end()) {
    bits = (file.mode >> 3) & 7u;
  }
  return (bits & static_cast<unsigned>(what)) != 0;
}

const FileFacts* closed_to(const Account& who, const std::vector<FileFacts>& way) noexcept {
  const auto closed = std::find_if(way.begin(), way.end(), [&](const FileFacts& directory) {
    return directory.exists() && !may(who, Permission::enter, directory);
  });
  return closed == way.end() ? nullptr : &*closed;
}

std::string permissions_text(const FileFacts& file) {
  const passwd* const owner = ::getpwuid(file.uid);
  return fmt::format("{:04o} {}:{}", file.permissions(),
                     owner != nullptr ? std::string(owner->pw_name) : std::to_string(file.uid),
                     group_name(file.gid));
}

std::string group_name(gid_t gid) {
  const group* const entry = ::getgrgid(gid);
  return entry != nullptr ? std::string(entry->gr_name) : std::to_string(gid);
}

}  // namespace optout::doctor
