#include "confirm/rate_limit.h"

#include "suppression/redis_schema.h"

#include <fmt/format.h>

namespace optout {
namespace {

using redis::Executor;

constexpr std::string_view kWeek = "604800";  // in seconds

class RedisRateLimit final : public RateLimit {
public:
  RedisRateLimit(std::shared_ptr<Executor> executor, const std::string& prefix)
      : executor_(std::move(executor)), schema_(prefix, {}) {}

  Result<bool> admits(std::string_view member) override {
    const std::string key = schema_.confirmed(member);
    redis::Commands commands;
    commands.add({"SET", key, "1", "NX", "EX", kWeek});
    // Sent twice it may find its own key: one confirmation fewer, never one more.
    const auto replies = executor_->run(commands, executor_->deadline(), Executor::Repeat::yes);
    if (!replies) return replies.error();
    const redis::Reply& reply = replies->front();
    if (reply.is_error())
      return Error{redis::fault_of(reply.text()), fmt::format("SET {}: {}", key, reply.text())};
    if (!reply.is_nil() && reply.text() != "OK")
      return Error{Fault::garbled, fmt::format("SET {}: a reply of the wrong shape", key)};
    return !reply.is_nil();
  }

private:
  const std::shared_ptr<Executor> executor_;
  const RedisSchema schema_;
};

}  // namespace

std::unique_ptr<RateLimit> make_redis_rate_limit(std::shared_ptr<Executor> executor,
                                                 const std::string& prefix) {
  return std::make_unique<RedisRateLimit>(std::move(executor), prefix);
}

}  // namespace optout
