// A directory of a test's own, gone with everything in it when the test ends.

#pragma once

#include <filesystem>
#include <string>

namespace optout::test {

class TempDir {
public:
  // Under $TMPDIR, else /tmp. Where $TMPDIR is too long for the path of a unix socket, /tmp it is.
  TempDir();
  // Under `parent`, for programs that mind where it is.
  explicit TempDir(const std::string& parent);
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string operator/(const std::string& name) const { return path_ / name; }

private:
  std::filesystem::path path_;
};

}  // namespace optout::test
