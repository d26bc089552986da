#include "support/temp_dir.h"

#include <stdlib.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace optout::test {
namespace {

std::string parent_directory() {
  constexpr std::size_t kLongest = 60;  // leaves 47 of a unix socket's 107 bytes for what is inside
  const char* const wanted = std::getenv("TMPDIR");
  if (wanted == nullptr || *wanted != '/') return "/tmp";
  std::string directory = wanted;
  return directory.size() > kLongest ? "/tmp" : directory;
}

}  // namespace

TempDir::TempDir() : TempDir(parent_directory()) {}

TempDir::TempDir(const std::string& parent) {
  std::string name = parent + "/optout-test.XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
  }
  path_ = name;
}

TempDir::~TempDir() {
  std::error_code ignored;  // a destructor has nobody to tell
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace optout::test
