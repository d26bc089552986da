// The lines of a YAML file as text: what yaml-cpp would misread, or describe obscurely, is found
// here.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text);

struct LineProblem {
  int line = 0;  // from 1, as is column
  int column = 0;
  std::string text;
};

// The first octet that may not be in a configuration: no UTF-8, a control character (at 0x04
// yaml-cpp takes the file to have ended), a tab in the indentation.
std::optional<LineProblem> unfit_for_yaml(const Lines& lines);

// Whether the quote that opens at `from` closes on the same line. One that does not is nearly
// always a mistake, which yaml-cpp finds at the end of the file or, in single quotes, not at all.
// REQUIRES: line[from] is a quote, single or double.
bool quote_is_closed(std::string_view line, std::size_t from);

}  // namespace optout
