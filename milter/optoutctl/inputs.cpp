#include "optoutctl/inputs.h"

#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "util/utf8.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace optout {
namespace {

// The next line without its end, cut to `longest` octets; nothing at the end of the file.
std::optional<Input> read_line(std::FILE* file, std::size_t longest) {
  Input line;
  int c = std::getc(file);
  if (c == EOF) return std::nullopt;
  for (; c != EOF && c != '\n'; c = std::getc(file)) {
    if (line.text.size() < longest) {
      line.text += static_cast<char>(c);
    } else {
      line.too_long = true;
    }
  }
  return line;
}

Trouble no_address(std::string_view verb) {
  return wrong_usage(
      fmt::format("which address?\n"
                  "  try: optoutctl {0} ann@example.com, or: optoutctl {0} - < addresses.txt",
                  verb));
}

}  // namespace

Inputs::Inputs(std::vector<std::string> arguments, std::string_view verb, std::FILE* input)
    : verb_(verb), arguments_(std::move(arguments)), input_(input) {
  if (!arguments_.empty()) return;
  if (::isatty(::fileno(input_)) != 0) throw no_address(verb_);
  arguments_.emplace_back("-");
  unasked_ = true;
}

std::optional<Input> Inputs::next() {
  while (reading_ || at_ < arguments_.size()) {
    if (reading_) {
      if (std::optional<Input> line = next_line()) return line;
      if (unasked_) throw no_address(verb_);
      reading_ = false;
      continue;
    }
    const std::string& argument = arguments_[at_++];
    if (argument != "-") return Input{std::string(trimmed(argument)), false};
    reading_ = true;
  }
  return std::nullopt;
}

std::optional<Input> Inputs::next_line() {
  while (std::optional<Input> line = read_line(input_, kLongestLine)) {
    std::string_view text = line->text;
    if (std::exchange(first_line_, false)) text = without_byte_order_mark(text);
    text = trimmed(text);
    if (text.empty() && !line->too_long) continue;
    if (text.starts_with('#')) continue;
    unasked_ = false;
    return Input{std::string(text), line->too_long};
  }
  if (std::ferror(input_) != 0) {
    throw Trouble(EX_IOERR, fmt::format("cannot read standard input: {}",
                                        std::generic_category().message(errno)));
  }
  return std::nullopt;
}

}  // namespace optout
