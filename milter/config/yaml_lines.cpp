#include "config/yaml_lines.h"

#include "util/utf8.h"

#include <fmt/format.h>

#include <cstdint>

namespace optout {
namespace {

// What is wrong with one line, as text and the offset at which it is.
struct Flaw {
  std::size_t at;
  std::string text;
};

std::optional<Flaw> flaw_in(std::string_view line) {
  for (std::size_t next = 0; next < line.size();) {
    const std::size_t at = next;
    const std::int32_t c = next_code_point(line, next);
    if (c < 0) return Flaw{at, "not UTF-8 (save the file as UTF-8)"};
    const bool line_end = c == '\r' && next == line.size();
    if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7F) {
      return Flaw{at, fmt::format("control character 0x{:02x}", c)};
    }
  }
  const auto text = line.find_first_not_of(" \t\r");
  const auto tab = line.find('\t');
  if (tab < text && text != std::string_view::npos && line[text] != '#') {
    return Flaw{tab, "a tab in the indentation (YAML wants spaces)"};
  }
  return std::nullopt;
}

}  // namespace

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::optional<LineProblem> unfit_for_yaml(const Lines& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (auto flaw = flaw_in(lines[i])) {
      return LineProblem{.line = static_cast<int>(i) + 1,
                         .column = static_cast<int>(flaw->at) + 1,
                         .text = std::move(flaw->text)};
    }
  }
  return std::nullopt;
}

bool quote_is_closed(std::string_view line, std::size_t from) {
  const char quote = line[from];
  for (std::size_t i = from + 1; i < line.size(); ++i) {
    if (quote == '"' && line[i] == '\\') {
      ++i;
    } else if (line[i] == quote) {
      if (quote == '"' || i + 1 >= line.size() || line[i + 1] != '\'') return true;
      ++i;  // '' is a quote inside single quotes
    }
  }
  return false;
}

}  // namespace optout
