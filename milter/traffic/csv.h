// A table as RFC 4180 has it: fields between commas, quotes around what holds commas, quotes or
// line ends. Nothing else: a quote within a field without quotes, and text behind the closing
// quote, are faults of that record.

#pragma once

#include "traffic/lines.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

class CsvRecords {
public:
  static constexpr std::size_t kLongest = 1 << 20;  // of a record, in octets

  explicit CsvRecords(Lines& lines) : lines_(lines) {}

  // Moves on to the next record; blank lines are none. False at the end.
  bool next();

  const std::vector<std::string>& fields() const noexcept { return fields_; }
  std::uint64_t line() const noexcept { return line_; }  // on which the record begins
  // What is wrong with it; empty: nothing. Reading goes on behind the line where it went wrong.
  std::string_view fault() const noexcept { return fault_; }

private:
  void read_record();
  // The field that begins at `at` of the line, which moves behind it. Moves on to further lines
  // where it goes on there.
  std::string quoted_field(std::size_t& at);

  Lines& lines_;
  std::vector<std::string> fields_;
  std::uint64_t line_ = 0;
  std::string_view fault_;
};

}  // namespace optout
