// Results on standard output: rows of the same columns, as a table, JSON, CSV or tab-separated
// text.
//
// Columns, their names and their order are an interface: scripts read them. Only the table may
// change; it leaves out columns in which no row has anything, and escapes whatever could play
// tricks with a terminal.

#pragma once

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace optout {

enum class Format { table, json, csv, tab };
std::optional<Format> parse_format(std::string_view word) noexcept;

struct Column {
  std::string_view name;
  std::string_view unless_same_as =
      {};  // another column: tables leave this cell empty where both are equal
};

using Cell = std::variant<std::monostate, bool, std::string>;  // nothing, yes or no, text
using Row = std::vector<Cell>;

class Output {
public:
  virtual ~Output() = default;

  // `row` has one cell for each column.
  virtual void row(const Row& row) = 0;

  // Ends the output; called once.
  virtual void finish() = 0;
};

// Holds an Output and ends it, whatever happens: what was done before a failure is still told.
class Results {
public:
  explicit Results(std::unique_ptr<Output> output) : output_(std::move(output)) {}
  ~Results() { finish(); }
  Results(const Results&) = delete;
  Results& operator=(const Results&) = delete;

  void row(const Row& row) { output_->row(row); }
  void finish() {
    if (const auto output = std::exchange(output_, nullptr)) output->finish();
  }

private:
  std::unique_ptr<Output> output_;
};

std::unique_ptr<Output> make_output(Format format, std::vector<Column> columns, std::FILE* to);
std::unique_ptr<Output> make_json_output(std::vector<Column> columns, std::FILE* to);
std::unique_ptr<Output> make_silent_output();

}  // namespace optout
