#include "redis/commands.h"

#include <hiredis/hiredis.h>

#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

namespace optout::redis {

Commands& Commands::add(std::span<const std::string_view> argv) {
  if (argv.empty() || argv.size() > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("a Redis command has one word or more");
  }
  words_.clear();
  lengths_.clear();
  for (const std::string_view word : argv) {
    words_.push_back(word.data() != nullptr ? word.data() : "");
    lengths_.push_back(word.size());
  }
  char* formatted = nullptr;
  // int in hiredis 0.14, long long from 1.0 on.
  const auto length = redisFormatCommandArgv(&formatted, static_cast<int>(words_.size()),
                                             words_.data(), lengths_.data());
  const std::unique_ptr<char, decltype(&redisFreeCommand)> owner(formatted, &redisFreeCommand);
  if (length < 0) throw std::bad_alloc();
  wire_.append(formatted, static_cast<std::size_t>(length));
  ++count_;
  return *this;
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
