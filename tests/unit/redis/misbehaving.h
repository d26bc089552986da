// Words for scripts of a fake Redis, and for what the client says about it.

#pragma once

#include "asking.h"
#include "support/fake_redis.h"

#include <string>
#include <string_view>
#include <utility>

namespace optout::test {

inline Step pong() {
  return send("+PONG\r\n");
}

inline Step always(std::string reply) {
  return answer_all([reply = std::move(reply)](const Words&) { return reply; });
}

inline std::string detail_of(const Result<Replies>& result) {
  return result ? "" : result.error().detail;
}

inline bool mentions(const Result<Replies>& result, std::string_view words) {
  BOOST_TEST_INFO(detail_of(result));
  return detail_of(result).find(words) != std::string::npos;
}

}  // namespace optout::test
