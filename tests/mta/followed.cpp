#include "mta/followed.h"

#include "support/process.h"
#include "support/yaml_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <variant>

namespace optout::test {

Followed::Followed(const std::string& recipe, const std::vector<std::string>& files,
                   Replacements replacements)
    : replacements_(std::move(replacements)) {
  const std::string filter = std::to_string(free_port());
  replace("10024", filter);
  replace("10025", filter);
  for (const char* port : {"8891", "8895"})
    replace(port, std::to_string(free_port()));
  replace("-o _optout-milter", "-o root");
  replace("chgrp _optout-milter", "chgrp root");
  follow(recipe, files);
}

const std::string& Followed::replacement(std::string_view what) const {
  const auto found = std::find_if(replacements_.begin(), replacements_.end(),
                                  [&](const auto& pair) { return pair.first == what; });
  if (found == replacements_.end()) throw std::out_of_range(std::string(what));
  return found->second;
}

void Followed::follow(const std::string& recipe, const std::vector<std::string>& files) {
  Recipe read(recipe);
  for (const std::string& file : read.files()) {
    if (std::find(files.begin(), files.end(), file) == files.end()) {
      throw std::runtime_error(fmt::format("{}: there is no such file as {}", recipe, file));
    }
  }
  if (!read.before().empty()) follow(read.before(), files);
  recipes_.push_back(std::move(read));
}

std::string Followed::replaced(std::string text) const {
  for (const auto& [what, by] : replacements_) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
      text.replace(at, what.size(), by);
  }
  return text;
}

std::string Followed::lines_for(std::string_view file) const {
  std::string lines;
  for (const Recipe& recipe : recipes_)
    lines += recipe.lines_for(file);
  return replaced(std::move(lines));
}

std::string Followed::daemon_configuration() const {
  std::string merged;
  for (const Recipe& recipe : recipes_)
    merged = merged_yaml(merged, replaced(recipe.lines_for("optout-milter.yaml")));
  return merged;
}

SocketAddress Followed::daemon_address() const {
  constexpr std::string_view kListen = "listen: ";
  const std::string config = daemon_configuration();
  const std::size_t at = config.find(kListen);
  if (at == std::string::npos) throw std::runtime_error("no listen in:\n" + config);
  const std::size_t start = at + kListen.size();
  const auto parsed = parse_socket_address(
      std::string_view(config).substr(start, config.find('\n', start) - start));
  return std::get<SocketAddress>(parsed);
}

}  // namespace optout::test
