#include "support/log_file.h"

#include "support/process.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace optout::test {
namespace {

bool holds_all(std::string_view line, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (line.find(words.substr(0, end)) == std::string_view::npos) return false;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return true;
}

}  // namespace

std::string LogFile::text(std::size_t start) const {
  std::ifstream file(path_);
  file.seekg(static_cast<std::streamoff>(start));
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t LogFile::size() const {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path_, missing);
  return missing ? 0 : size;
}

bool LogFile::has(std::string_view words, std::size_t start) const {
  const std::string all = text(start);
  for (std::string_view rest = all; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (holds_all(rest.substr(0, end), words)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool LogFile::will_have(std::string_view words, std::size_t start,
                        std::chrono::milliseconds at_most) const {
  return wait_until([&] { return has(words, start); }, at_most);
}

}  // namespace optout::test
