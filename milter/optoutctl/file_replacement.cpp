#include "optoutctl/file_replacement.h"

#include "log/log.h"
#include "optoutctl/trouble.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace optout {
namespace {

constexpr mode_t kNewMode = 0640;
constexpr mode_t kOthers = 0007;

Trouble failed(std::string_view what, const std::string& path, int error) {
  const bool not_allowed = error == EACCES || error == EPERM || error == EROFS;
  return {not_allowed ? EX_NOPERM : EX_CANTCREAT,
          fmt::format("cannot {} {}: {}", what, log::escaped(path),
                      std::generic_category().message(error))};
}

std::string directory_of(const std::string& path) {
  const auto directory = std::filesystem::path(path).parent_path();
  return directory.empty() ? "." : directory.string();
}

std::string read_all(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0 && errno == ENOENT) return {};
  if (file < 0) throw failed("read", path, errno);
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while ((got = ::read(file, buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  const int error = errno;
  ::close(file);
  if (got < 0) throw failed("read", path, error);
  return text;
}

}  // namespace

FileReplacement::FileReplacement(const std::string& path) : path_(path) {
  std::error_code not_there;
  if (auto real = std::filesystem::canonical(path, not_there); !not_there) path_ = real.string();
  beside_ = path_ + ".new";
  file_ = ::open(beside_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0 && errno == EEXIST) {
    throw Trouble(EX_TEMPFAIL,
                  fmt::format("{} is there: another optoutctl is changing the keys just now\n"
                              "  if none is, one was interrupted: remove that file",
                              log::escaped(beside_)));
  }
  if (file_ < 0) throw failed("create", beside_, errno);
  try {
    old_text_ = read_all(path_);
  } catch (...) {
    ::close(file_);
    ::unlink(beside_.c_str());
    throw;
  }
}

FileReplacement::~FileReplacement() {
  if (file_ < 0) return;
  ::close(file_);
  ::unlink(beside_.c_str());
}

void FileReplacement::commit(std::string_view text) {
  struct stat old {};
  const bool existed = ::stat(path_.c_str(), &old) == 0;
  if (existed) {
    if (::fchown(file_, old.st_uid, old.st_gid) != 0)
      throw failed("keep the owner of", path_, errno);
  } else if (struct stat directory{}; ::stat(directory_of(path_).c_str(), &directory) == 0) {
    // Whoever may not give it to that group leaves it to his own.
    [[maybe_unused]] const int ignored = ::fchown(file_, static_cast<uid_t>(-1), directory.st_gid);
  }
  const mode_t mode = existed ? old.st_mode & 0777U & ~kOthers : kNewMode;
  if (::fchmod(file_, mode) != 0) throw failed("set the mode of", beside_, errno);
  while (!text.empty()) {
    const ssize_t written = ::write(file_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw failed("write", beside_, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file_) != 0) throw failed("write", beside_, errno);
  if (::rename(beside_.c_str(), path_.c_str()) != 0) throw failed("replace", path_, errno);
  ::close(file_);
  file_ = -1;
  const int directory = ::open(directory_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;  // in place; only whether a crash would keep it is not known
  ::fsync(directory);
  ::close(directory);
}

}  // namespace optout
