// What arrives from Redis becomes Replies: hiredis parses, and each reply is built where it will
// stay, without its tree of objects, which cost more than all the parsing.
//
// Threads: one at a time.

#pragma once

#include "redis/reply.h"
#include "util/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

struct redisReader;

namespace optout::redis {

class ReplyReader {
public:
  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  void feed(std::span<const char> octets);

  // Appends what is complete, until `replies` are so many. Fault::garbled: this is no RESP, or more
  // than that; the reader is of no use any more.
  Result<Done> take(std::size_t count, std::vector<Reply>& replies);

private:
  struct Free {
    void operator()(redisReader* reader) const noexcept;
  };
  Reply current_;  // the one that is being built
  std::unique_ptr<redisReader, Free> reader_;
};

}  // namespace optout::redis
