#include "redis/commands.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace optout::redis {
namespace {

constexpr std::size_t kShortWord = 100;

// "*3\r\n" or "$11\r\n": https://redis.io/docs/latest/develop/reference/protocol-spec/
void append_head(std::string& wire, char type, std::size_t number) {
  std::array<char, 24> head;  // a type, 20 digits at most, CR and LF
  head.front() = type;
  char* end = std::to_chars(head.data() + 1, head.data() + head.size() - 2, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  wire.append(head.data(), end);
}

}  // namespace

// hiredis can do this, too, by a sprintf() for each word and memory of its own for each command:
// half of what a question of the bulk guard cost us.
Commands& Commands::add(std::span<const std::string_view> argv) {
  begin(argv.size());
  for (const std::string_view each : argv)
    word(each);
  return *this;
}

Commands& Commands::begin(std::size_t words) {
  if (words == 0) throw std::invalid_argument("a Redis command has one word or more");
  append_head(wire_, '*', words);
  ++count_;
  return *this;
}

Commands& Commands::word(std::string_view word) {
  if (word.size() >= kShortWord) {
    append_head(wire_, '$', word.size());
    wire_.append(word).append("\r\n");
    return *this;
  }
  // Nearly all are short: put together where they are, and appended in one go.
  std::array<char, kShortWord + 8> piece;
  char* end = piece.data();
  *end++ = '$';
  if (word.size() >= 10) *end++ = static_cast<char>('0' + word.size() / 10);
  *end++ = static_cast<char>('0' + word.size() % 10);
  *end++ = '\r';
  *end++ = '\n';
  end = std::copy(word.begin(), word.end(), end);
  *end++ = '\r';
  *end++ = '\n';
  wire_.append(piece.data(), end);
  return *this;
}

Commands& Commands::word(std::uint64_t number) {
  std::array<char, 20> digits;
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return word(std::string_view(digits.data(), end));
}

Commands& Commands::add(const Commands& others) {
  wire_ += others.wire_;
  count_ += others.count_;
  return *this;
}

void Commands::clear() noexcept {
  wire_.clear();
  count_ = 0;
}

}  // namespace optout::redis
