// The lines of a text, without their ends (LF or CRLF) and the byte order mark in front of the
// first.
//
// Lines are bounded: of one that is longer the rest is dropped, and it is marked.

#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>

namespace optout {

class Lines {
public:
  static constexpr std::size_t kLongest = 65536;

  // Borrows `text`, which must outlive it.
  explicit Lines(std::istream& text) : text_(text) {}

  // Moves on to the next line. False at the end, or where reading fails: failed() tells.
  bool next();
  // Has next() stay where it is once.
  void again() noexcept { again_ = true; }

  const std::string& line() const noexcept { return line_; }
  bool too_long() const noexcept { return too_long_; }
  std::uint64_t number() const noexcept { return number_; }  // of the line, from 1 on
  bool failed() const noexcept { return text_.bad(); }

private:
  std::istream& text_;
  std::string line_;
  std::uint64_t number_ = 0;
  bool too_long_ = false;
  bool again_ = false;
};

}  // namespace optout
