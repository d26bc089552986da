#include "optoutctl/output.h"

#include "log/log.h"
#include "optoutctl/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace optout {
namespace {

constexpr std::size_t kLongestCell = 1000;  // of a table, in octets

void write(std::string_view text, std::FILE* to) {
  std::fwrite(text.data(), 1, text.size(), to);
}

std::string text_of(const Cell& cell, std::string_view yes, std::string_view no) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* truth = std::get_if<bool>(&cell)) return std::string(*truth ? yes : no);
  return {};
}

// Holds all rows back until the widths are known.
class TableOutput final : public Output {
public:
  TableOutput(std::vector<Column> columns, std::FILE* to) : columns_(std::move(columns)), to_(to) {}

  void row(const Row& row) override {
    std::vector<std::string> line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool repeats = i < row.size() && same_as_another(row, i);
      line.push_back(repeats ? std::string()
                             : log::escaped(text_of(row.at(i), "yes", "no"), kLongestCell));
    }
    lines_.push_back(std::move(line));
  }

  void finish() override {
    if (lines_.empty()) return;
    std::vector<std::string> titles;
    for (const Column& column : columns_) {
      std::string title(column.name);
      std::transform(title.begin(), title.end(), title.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      titles.push_back(std::move(title));
    }
    std::vector<std::size_t> widths(columns_.size());
    for (const auto& line : lines_) {
      for (std::size_t i = 0; i < widths.size(); ++i)
        widths[i] = std::max(widths[i], columns_of(line[i]));
    }
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] != 0) widths[i] = std::max(widths[i], titles[i].size());
    }
    print(titles, widths);
    for (const auto& line : lines_)
      print(line, widths);
  }

private:
  bool same_as_another(const Row& row, std::size_t at) const {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i != at && columns_[i].name == columns_[at].unless_same_as) return row[i] == row[at];
    }
    return false;
  }

  void print(const std::vector<std::string>& line, const std::vector<std::size_t>& widths) {
    std::string out;
    std::size_t owed = 0;  // blanks, written only when something follows them
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (widths[i] == 0) continue;
      if (!line[i].empty()) {
        out.append(owed, ' ');
        out += line[i];
        owed = 0;
      }
      owed += widths[i] - columns_of(line[i]) + 2;
    }
    write(out + "\n", to_);
  }

  std::vector<Column> columns_;
  std::FILE* to_;
  std::vector<std::vector<std::string>> lines_;
};

// RFC 4180: CRLF, a header line, quotes around what needs them.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

// One line per row whatever it holds: tab, line feed, carriage return and backslash as \t \n \r \\.
std::string tab_field(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
  return out;
}

struct Separated {
  std::string_view between;
  std::string_view end;
  std::string (*field)(const std::string&);
};
constexpr Separated kCsv{",", "\r\n", csv_field};
constexpr Separated kTab{"\t", "\n", tab_field};

class SeparatedOutput final : public Output {
public:
  SeparatedOutput(const Separated& form, const std::vector<Column>& columns, std::FILE* to)
      : form_(form), to_(to) {
    Row header;
    for (const Column& column : columns)
      header.emplace_back(std::string(column.name));
    row(header);
  }

  void row(const Row& row) override {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += form_.between;
      line += form_.field(text_of(row[i], "true", "false"));
    }
    line += form_.end;
    write(line, to_);
  }

  void finish() override {}

private:
  Separated form_;
  std::FILE* to_;
};

class SilentOutput final : public Output {
public:
  void row(const Row&) override {}
  void finish() override {}
};

}  // namespace

std::optional<Format> parse_format(std::string_view word) noexcept {
  constexpr std::array<std::pair<std::string_view, Format>, 4> kFormats{{{"table", Format::table},
                                                                         {"json", Format::json},
                                                                         {"csv", Format::csv},
                                                                         {"tab", Format::tab}}};
  for (const auto& [name, format] : kFormats) {
    if (name == word) return format;
  }
  return std::nullopt;
}

std::unique_ptr<Output> make_output(Format format, std::vector<Column> columns, std::FILE* to) {
  switch (format) {
    case Format::json:
      return make_json_output(std::move(columns), to);
    case Format::csv:
      return std::make_unique<SeparatedOutput>(kCsv, columns, to);
    case Format::tab:
      return std::make_unique<SeparatedOutput>(kTab, columns, to);
    case Format::table:
      break;
  }
  return std::make_unique<TableOutput>(std::move(columns), to);
}

std::unique_ptr<Output> make_silent_output() {
  return std::make_unique<SilentOutput>();
}

}  // namespace optout
