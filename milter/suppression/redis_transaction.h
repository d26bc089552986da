// Writing to Redis: all of it, or nothing.
//
// Threads: any; what they share is the Executor, which does its own locking.

#pragma once

#include "redis/client.h"

#include <optional>
#include <span>
#include <string_view>

namespace optout {

// The first error among the replies that says why: EXECABORT only says that there was one before
// it.
std::optional<Error> first_error(std::span<const redis::Reply> replies);

Error wrong_shape(std::string_view command);

// Carries out all of `commands`, or none, between MULTI and EXEC, and answers with an array of
// their replies. After an error they may have been carried out or not, unless it is Redis' own.
Result<redis::Reply> transact(redis::Executor& executor, const redis::Commands& commands,
                              redis::Clock::time_point deadline);

}  // namespace optout
