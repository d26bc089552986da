// A log that another process writes while we read.

#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace optout::test {

class LogFile {
public:
  LogFile() = default;
  explicit LogFile(std::string path) : path_(std::move(path)) {}

  const std::string& path() const noexcept { return path_; }
  std::string text(std::size_t start = 0) const;  // from byte `start` on
  std::size_t size() const;
  // Whether some line from byte `start` on holds all of `words`, which blanks separate.
  bool has(std::string_view words, std::size_t start = 0) const;
  // Waits for such a line; false if none comes.
  bool will_have(std::string_view words, std::size_t start = 0,
                 std::chrono::milliseconds at_most = std::chrono::seconds(10)) const;

private:
  std::string path_;
};

}  // namespace optout::test
