// Why a command could not do its work: one sentence, what to do next, and an exit code of
// sysexits.h.

#pragma once

#include "redis/options.h"
#include "util/result.h"

#include <sysexits.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace optout {

class Trouble : public std::runtime_error {
public:
  Trouble(int exit_code, const std::string& sentence)
      : std::runtime_error(sentence), exit_code_(exit_code) {}

  int exit_code() const noexcept { return exit_code_; }

private:
  int exit_code_;
};

// The command line is wrong (64): `sentence` says how.
inline Trouble wrong_usage(const std::string& sentence) {
  return {EX_USAGE, sentence};
}

// What a failure of the store means to the person at the keyboard, and what to try. The exit code
// tells scripts whether trying again may help: 75 yes; 69 when Redis is back; 77, 78, 76, 70 no.
Trouble trouble_with_redis(const Error& error, const RedisOptions& redis);

// The redis-cli command line that speaks to the same Redis as we do; without the password, which
// redis-cli asks for where there is one. Settings and rights (CONFIG, ACL) are not for the user
// that we are: then without him.
std::string redis_cli(const RedisOptions& redis, std::string_view command);

}  // namespace optout
