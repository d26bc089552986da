// A value, or the reason why there is none.
//
// Used wherever the outside world can fail while running. "Cannot start" (configuration, sockets)
// is an exception instead, caught once in main. The standard's own (std::expected) needs C++23.

#pragma once

#include "util/fault.h"

#include <string>
#include <utility>
#include <variant>

namespace optout {

struct Error {
  Fault fault;
  std::string
      detail;  // for people: outermost first, such as "redis 10.0.0.5:6379: timed out after 250 ms"

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
class [[nodiscard]] Result {
public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }

  // REQUIRES: *this holds a value.
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }

  // REQUIRES: *this holds an error.
  Error& error() & { return std::get<1>(state_); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

private:
  std::variant<T, Error> state_;
};

// For work that has no value to return, only success.
struct Done {
  friend bool operator==(Done, Done) = default;
};

}  // namespace optout
