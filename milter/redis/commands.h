// A batch of Redis commands, formatted as they are added, to be sent in one go.
//
// Arguments are binary-safe: no format strings, so no address can become a command (AD-24).

#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace optout::redis {

class Commands {
public:
  Commands& add(std::initializer_list<std::string_view> argv) { return add(std::span(argv)); }
  Commands& add(std::span<const std::string_view> argv);
  Commands& add(const Commands& others);

  // Begins a command of so many words, which must follow: where they are made one by one, there is
  // nothing to be kept until all are there.
  Commands& begin(std::size_t words);
  Commands& word(std::string_view word);
  Commands& word(std::uint64_t number);

  // Forgets the commands and keeps the memory.
  void clear() noexcept;

  std::size_t count() const noexcept { return count_; }  // commands, hence replies to expect
  bool empty() const noexcept { return count_ == 0; }
  std::string_view wire() const noexcept { return wire_; }

private:
  std::string wire_;
  std::size_t count_ = 0;
};

}  // namespace optout::redis
