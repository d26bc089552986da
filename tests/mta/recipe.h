// A recipe of config/recipes, as an administrator reads it: what stands in its fences, by the name
// of the file into which it is pasted.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class Recipe {
public:
  // "socket" is config/recipes/socket.md; throws std::runtime_error if it cannot be read.
  explicit Recipe(const std::string& name);

  // All there are, but not the README.
  static std::vector<std::string> names();

  // The recipe to be followed first ("Before: …"), or nothing.
  const std::string& before() const noexcept { return before_; }
  // All lines for that file: "main.cf"; empty if it has none.
  std::string lines_for(std::string_view file) const;
  // The files it has lines for.
  std::vector<std::string> files() const;

private:
  struct Fence {
    std::string file;
    std::string lines;
  };
  std::string before_;
  std::vector<Fence> fences_;
};

}  // namespace optout::test
