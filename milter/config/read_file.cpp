#include "config/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace optout {
namespace {

class Descriptor {
public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

private:
  int fd_;
};

std::string cannot_be_read(int error) {
  return fmt::format("cannot be read: {}", std::generic_category().message(error));
}

}  // namespace

std::variant<FileText, std::string> read_file(const std::string& path, std::size_t most_octets) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return cannot_be_read(errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return cannot_be_read(errno);
  if (S_ISDIR(status.st_mode)) return "is a directory, not a file";
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode)) return "is not a regular file";

  FileText out{.text = {}, .mode = status.st_mode & 07777U};
  std::array<char, 16384> buffer{};
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_be_read(errno);
    if (got == 0) return out;
    out.text.append(buffer.data(), static_cast<std::size_t>(got));
    if (out.text.size() > most_octets) {
      return fmt::format("is longer than {} KiB", most_octets / 1024);
    }
  }
}

}  // namespace optout
