#include "redis/commands.h"

#include <hiredis/hiredis.h>

#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <vector>

namespace optout::redis {

Commands& Commands::add(std::span<const std::string_view> argv) {
  if (argv.empty() || argv.size() > std::numeric_limits<int>::max()) {
    throw std::invalid_argument("a Redis command has one word or more");
  }
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  words.reserve(argv.size());
  lengths.reserve(argv.size());
  for (const std::string_view word : argv) {
    words.push_back(word.data() != nullptr ? word.data() : "");
    lengths.push_back(word.size());
  }
  char* formatted = nullptr;
  // int in hiredis 0.14, long long from 1.0 on.
  const auto length = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()),
                                             words.data(), lengths.data());
  const std::unique_ptr<char, decltype(&redisFreeCommand)> owner(formatted, &redisFreeCommand);
  if (length < 0) throw std::bad_alloc();
  wire_.append(formatted, static_cast<std::size_t>(length));
  ++count_;
  return *this;
}

}  // namespace optout::redis
