// The addresses a verb works on: its arguments, or standard input, one a line.
//
// Standard input is read where an argument is "-", or where there is none and standard input is no
// terminal. Blank lines and lines that begin with '#' are skipped; CRLF and a UTF-8 byte order mark
// are tolerated. Lines are bounded: one that is longer than any address is handed on cut, and
// marked.

#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace optout {

struct Input {
  std::string text;       // as typed, without white space around it
  bool too_long = false;  // `text` is only its beginning
};

class Inputs {
public:
  static constexpr std::size_t kLongestLine = 4096;

  // Throws Trouble if there is nothing to read from. `verb` is for that sentence.
  Inputs(std::vector<std::string> arguments, std::string_view verb, std::FILE* input = stdin);

  // The next address, or nothing at the end. Throws Trouble if standard input fails; and if it had
  // none while no argument asked for it: with an empty variable, "optoutctl check $address" must
  // not say "not listed".
  std::optional<Input> next();

private:
  std::optional<Input> next_line();

  std::string_view verb_;
  std::vector<std::string> arguments_;
  std::size_t at_ = 0;
  std::FILE* input_;
  bool reading_ = false;  // standard input, now
  bool first_line_ = true;
  bool unasked_ =
      false;  // standard input is read although no argument said so, and had nothing yet
};

}  // namespace optout
