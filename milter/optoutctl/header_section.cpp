#include "optoutctl/header_section.h"

#include "log/log.h"
#include "optoutctl/trouble.h"
#include "util/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

namespace optout {
namespace {

// A field's first line, or nothing. The one blank behind the colon belongs to nobody, as libmilter
// has it; white space in front of it is obsolete (RFC 5322 4.5), and MTAs let it pass.
std::optional<HeaderField> first_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view name = line.substr(0, colon);
  while (name.ends_with(' ') || name.ends_with('\t'))
    name.remove_suffix(1);
  const auto may_stand_in_name = [](char c) { return c > 0x20 && c < 0x7F; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), may_stand_in_name))
    return std::nullopt;
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  return HeaderField{std::string(name), std::string(value)};
}

class Lines {
public:
  Lines(std::FILE* file, std::string_view name) : file_(file), name_(name) {}

  // The next line without its end; nothing at the end of the file.
  std::optional<std::string> next() {
    std::string line;
    int c = std::getc(file_);
    if (c == EOF) return at_end();
    for (; c != EOF && c != '\n'; c = std::getc(file_)) {
      if (++taken_ > kLongestHeader) {
        throw Trouble(EX_DATAERR, fmt::format("{}: more than {} bytes of header; is it a message?",
                                              name_, kLongestHeader));
      }
      line += static_cast<char>(c);
    }
    ++taken_;
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

private:
  std::optional<std::string> at_end() const {
    if (std::ferror(file_) == 0) return std::nullopt;
    throw Trouble(EX_IOERR, fmt::format("{}: {}", name_, std::generic_category().message(errno)));
  }

  std::FILE* file_;
  std::string_view name_;
  std::size_t taken_ = 0;
};

}  // namespace

std::vector<HeaderField> read_header_section(std::FILE* file, std::string_view name) {
  std::vector<HeaderField> fields;
  Lines lines(file, name);
  std::optional<std::string> line = lines.next();
  if (line) line = without_byte_order_mark(*line);
  if (line && (line->starts_with("From ") || line->starts_with(">From "))) line = lines.next();
  for (; line && !line->empty(); line = lines.next()) {
    const bool continues = line->front() == ' ' || line->front() == '\t';
    if (continues && !fields.empty()) {
      fields.back().value += "\n" + *line;
      continue;
    }
    auto field = first_line(*line);
    if (!field) break;
    fields.push_back(*std::move(field));
  }
  return fields;
}

HeaderField header_field(std::string_view typed) {
  auto field = first_line(typed);
  if (field) return *std::move(field);
  throw wrong_usage(fmt::format("--header {}: no header field (write \"List-Id: <a.example>\")",
                                log::escaped(typed)));
}

}  // namespace optout
