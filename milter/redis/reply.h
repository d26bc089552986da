// One RESP2 reply, owned. A thin handle on hiredis' tree; hiredis itself stays in redis/.

#pragma once

#include "util/result.h"

#include <cstdint>
#include <memory>
#include <string_view>

struct redisReply;

namespace optout::redis {

class Reply {
public:
  Reply() = default;
  explicit Reply(redisReply* owned) noexcept : reply_(owned) {}

  bool is_nil() const noexcept;
  bool is_error() const noexcept;
  bool is_string() const noexcept;  // bulk or status
  bool is_integer() const noexcept;
  bool is_array() const noexcept;

  // Each answers a neutral value (0, "", no elements) where the type is another: ask is_…() first.
  std::int64_t integer() const noexcept;
  std::string_view text() const noexcept;  // of a string, status or error; may hold any byte
  std::size_t size() const noexcept;       // elements of an array
  Reply operator[](std::size_t index) const noexcept;  // borrows from *this, which must outlive it

private:
  struct Free {
    bool borrowed;  // false unless said otherwise: unique_ptr value-initialises its deleter
    void operator()(redisReply* reply) const noexcept;
  };
  std::unique_ptr<redisReply, Free> reply_;
};

// The fault that an error reply such as "LOADING Redis is loading the dataset in memory" stands
// for.
Fault fault_of(std::string_view error_reply) noexcept;

}  // namespace optout::redis
