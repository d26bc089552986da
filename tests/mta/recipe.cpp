#include "mta/recipe.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace optout::test {
namespace {

std::filesystem::path directory() {
  const char* source = std::getenv("OPTOUT_SOURCE");
  return std::filesystem::path(source != nullptr ? source : ".") / "config" / "recipes";
}

}  // namespace

Recipe::Recipe(const std::string& name) {
  constexpr std::string_view kFence = "```";
  constexpr std::string_view kBefore = "Before: [";
  std::ifstream file(directory() / (name + ".md"));
  if (!file) throw std::runtime_error("there is no recipe " + name);
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(kFence)) {
      inside = !inside;
      if (inside) fences_.push_back({line.substr(kFence.size()), {}});
    } else if (inside) {
      fences_.back().lines += line + "\n";
    } else if (line.starts_with(kBefore)) {
      before_ = line.substr(kBefore.size(), line.find(']') - kBefore.size());
    }
  }
}

std::vector<std::string> Recipe::names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory())) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() == ".md" && name != "README") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string Recipe::lines_for(std::string_view file) const {
  std::string lines;
  for (const Fence& fence : fences_) {
    if (fence.file == file) lines += fence.lines;
  }
  return lines;
}

std::vector<std::string> Recipe::files() const {
  std::vector<std::string> files;
  for (const Fence& fence : fences_)
    files.push_back(fence.file);
  return files;
}

}  // namespace optout::test
