// One RESP2 reply: a value that owns all it holds.
// https://redis.io/docs/latest/develop/reference/protocol-spec/

#pragma once

#include "util/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace optout::redis {

class Reply {
public:
  enum class Kind : std::uint8_t { nil, integer, string, error, array };

  Reply() = default;
  explicit Reply(std::int64_t number) : kind_(Kind::integer), value_(number) {}
  // A string, bulk or status, or an error.
  Reply(Kind kind, std::string text) : kind_(kind), value_(std::move(text)) {}
  // An array, filled by append().
  explicit Reply(std::vector<Reply> elements) : kind_(Kind::array), value_(std::move(elements)) {}

  bool is_nil() const noexcept { return kind_ == Kind::nil; }
  bool is_integer() const noexcept { return kind_ == Kind::integer; }
  bool is_string() const noexcept { return kind_ == Kind::string; }
  bool is_error() const noexcept { return kind_ == Kind::error; }
  bool is_array() const noexcept { return kind_ == Kind::array; }

  // Each answers a neutral value (0, "", no elements, nil) where the type is another: ask is_…()
  // first. What is borrowed lives as long as this.
  std::int64_t integer() const noexcept;
  std::string_view text() const noexcept;  // of a string or error; may hold any octet
  std::size_t size() const noexcept;       // elements of an array
  const Reply& operator[](std::size_t index) const noexcept;

  // To an array, and returns the element, which stays in its place until the next one comes.
  Reply& append(Reply element);

private:
  Kind kind_ = Kind::nil;
  std::variant<std::int64_t, std::string, std::vector<Reply>> value_;
};

// The fault that an error reply such as "LOADING Redis is loading the dataset in memory" stands
// for.
Fault fault_of(std::string_view error_reply) noexcept;

}  // namespace optout::redis
