// What is thrown where the socket of "listen" cannot be had.
//
// Threads: any.

#pragma once

#include "config/config.h"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>

namespace optout {

[[noreturn]] inline void fail(const ListenOptions& options, std::string_view problem) {
  throw std::runtime_error(fmt::format("listen: {}: {}", options.address.to_string(), problem));
}

}  // namespace optout
