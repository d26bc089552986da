// Asking Redis in one line, and saying in one what came of it.

#pragma once

#include "redis/client.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace optout {

inline std::ostream& operator<<(std::ostream& out, Fault fault) {
  return out << to_string(fault);
}

}  // namespace optout

namespace optout::test {

using redis::Commands;
using redis::Executor;
using redis::Reply;
using Replies = std::vector<Reply>;
using std::chrono::milliseconds;

// Long enough for any machine where an answer is expected; where none is, tests say 100 ms or so.
inline constexpr milliseconds kPatient{20'000};
inline constexpr milliseconds kBrief{100};

inline RedisOptions options_for(std::string_view url, milliseconds timeout = kPatient) {
  auto parsed = parse_redis_url(url);
  if (const auto* const sentence = std::get_if<std::string>(&parsed)) BOOST_FAIL(*sentence);
  RedisOptions options = std::get<RedisOptions>(parsed);
  options.timeout = timeout;
  return options;
}

inline Result<Replies> ask(Executor& client, std::initializer_list<std::string_view> words,
                           Executor::Repeat repeat = Executor::Repeat::yes) {
  return client.run(Commands().add(words), client.deadline(), repeat);
}

// The same, but waits until the client asks at all: for the pause after a failure to be over.
inline Result<Replies> ask_after_pause(Executor& client,
                                       std::initializer_list<std::string_view> words) {
  for (;;) {
    auto result = ask(client, words);
    if (result || result.error().fault != Fault::backing_off) return result;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

// "+PONG" and "$4 PONG" as "PONG", an error reply as "-LOADING …", an integer as ":1", no answer as
// "!timeout".
inline std::string shown(const Reply& reply) {
  if (reply.is_error()) return "-" + std::string(reply.text());
  if (reply.is_integer()) return ":" + std::to_string(reply.integer());
  if (reply.is_nil()) return "(nil)";
  if (reply.is_string()) return std::string(reply.text());
  std::string all = "[";
  for (std::size_t i = 0; i < reply.size(); ++i)
    all += (i == 0 ? "" : " ") + shown(reply[i]);
  return all + "]";
}

inline std::string shown(const Result<Replies>& result) {
  if (!result) return "!" + std::string(to_string(result.error().fault));
  std::string all;
  for (const Reply& reply : *result)
    all += (all.empty() ? "" : " ") + shown(reply);
  return all;
}

// The fault of an error reply, which is an answer as far as the connection is concerned.
inline Fault fault_in(const Result<Replies>& result) {
  BOOST_REQUIRE_MESSAGE(result, shown(result) + ": " + (result ? "" : result.error().detail));
  BOOST_REQUIRE_MESSAGE(result->back().is_error(), shown(result));
  return redis::fault_of(result->back().text());
}

}  // namespace optout::test
