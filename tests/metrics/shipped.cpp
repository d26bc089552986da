#include "metrics/shipped.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace optout::test {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string without_space(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string() : std::string(text.substr(begin));
}

}  // namespace

std::string shipped_file(std::string_view name) {
  const char* source = std::getenv("OPTOUT_SOURCE");
  const std::string path =
      std::string(source != nullptr ? source : ".") + "/packaging/" + std::string(name);
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + " cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Expression> dashboard_expressions(std::string_view interval) {
  const auto dashboard = nlohmann::json::parse(shipped_file("grafana/optout-milter.json"));
  std::vector<Expression> found;
  for (const auto& panel : dashboard.at("panels")) {
    if (panel.at("type") == "row") continue;
    for (const auto& target : panel.at("targets")) {
      found.push_back(
          {panel.at("title").get<std::string>() + ", " + target.at("refId").get<std::string>(),
           target.at("expr").get<std::string>()});
      replace_all(found.back().text, "$__rate_interval", interval);
      replace_all(found.back().text, "$instance", ".*");
    }
  }
  return found;
}

// The file is ours: "alert: NAME", and below it "expr: …", or "expr: >-" and indented lines.
std::vector<Expression> alert_expressions() {
  std::vector<Expression> found;
  std::istringstream lines(shipped_file("prometheus/optout-milter.rules.yml"));
  bool goes_on = false;
  for (std::string line; std::getline(lines, line);) {
    const std::string text = without_space(line);
    constexpr std::string_view kAlert = "- alert: ";
    constexpr std::string_view kExpression = "expr: ";
    if (text.starts_with(kAlert)) {
      found.push_back({text.substr(kAlert.size()), ""});
    } else if (text.starts_with(kExpression)) {
      goes_on = text == "expr: >-";
      if (!goes_on) found.back().text = text.substr(kExpression.size());
    } else if (text.starts_with("for: ") || text.starts_with("labels: ")) {
      goes_on = false;
    } else if (goes_on) {
      found.back().text += text + " ";
    }
  }
  return found;
}

std::vector<std::string> selectors_in(std::string_view expression) {
  constexpr std::array<std::string_view, 3> kBeginnings{"optout_", "process_", "up{"};
  std::vector<std::string> found;
  for (std::size_t at = 0; at < expression.size(); ++at) {
    const bool begins =
        (at == 0 || !is_of_name(expression[at - 1])) &&
        std::any_of(kBeginnings.begin(), kBeginnings.end(),
                    [&](std::string_view word) { return expression.substr(at).starts_with(word); });
    if (!begins) continue;
    std::size_t end = at;
    while (end < expression.size() && is_of_name(expression[end]))
      ++end;
    if (end < expression.size() && expression[end] == '{') end = expression.find('}', end) + 1;
    found.emplace_back(expression.substr(at, end - at));
    at = end;
  }
  return found;
}

std::string metric_of(std::string_view selector) {
  return std::string(selector.substr(0, selector.find('{')));
}

}  // namespace optout::test
