// The bulk guard: counts whom each sender mails, for all relays together, and says when it is too
// many.
//
// Knows Redis and limits, but neither mail nor the MTA: message/ tells it who sends what to how
// many, and does what it says. One for each configuration.
//
// Threads: any; it does its own locking.

#pragma once

#include "guard/beliefs.h"
#include "guard/guard_schema.h"
#include "guard/options.h"
#include "guard/redis_clock.h"
#include "guard/sender_plan.h"
#include "guard/tallies.h"
#include "redis/client.h"
#include "redis/combiner.h"
#include "redis/companion.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace optout {

class Guard {
public:
  // Begins keys with `prefix`, as the suppression sets do. `relay` is what this host is called in
  // what others read.
  Guard(std::shared_ptr<redis::Executor> executor, std::string prefix, GuardOptions options,
        std::string relay);

  // Nothing where mail of this sender, in a stream with these limits of its own, if any, is not
  // counted.
  std::optional<GuardedSender> sender(std::string_view identity, std::string_view stream,
                                      const std::optional<OwnLimits>& of_stream) const;
  // The same, with all that its messages have in common; null where there is none.
  std::shared_ptr<const SenderPlan> plan(std::string_view identity, std::string_view stream,
                                         const std::optional<OwnLimits>& of_stream);
  std::shared_ptr<const SenderPlan> plan(GuardedSender sender) const;

  // The limits that count there; null where none do.
  const Limits* limits_of(std::string_view identity,
                          const std::optional<OwnLimits>& of_stream) const noexcept;

  const GuardOptions& options() const noexcept { return options_; }
  const GuardSchema& schema() const noexcept { return schema_; }
  const std::string& relay() const noexcept { return relay_; }
  RedisClock& clock() noexcept { return clock_; }
  Beliefs& beliefs() noexcept { return beliefs_; }
  redis::Executor& executor() noexcept { return *executor_; }

  // Another one each time.
  std::uint64_t next_number() noexcept { return ++number_; }

  // Has this question answered, in one round trip with those of others that come at the same time.
  void ask(redis::Companion& question);

  // What the last message of a sender found to be allowed: so that the question for the next one
  // is the right one. It is asked anew each time, and believed no longer than until then.
  std::optional<Allowance> believed_allowance(const std::string& sender) const;
  void believe(const std::string& sender, const std::optional<Allowance>& allowance);

  // Asks Redis for the time, where nobody has yet; else the first message would have to.
  Result<Done> set_clock();

private:
  const std::shared_ptr<redis::Executor> executor_;
  const GuardSchema schema_;
  const GuardOptions options_;
  const std::string relay_;
  RedisClock clock_;
  Beliefs beliefs_;

  std::atomic<std::uint64_t> number_ = 0;

  mutable std::mutex mutex_;
  std::map<std::string, Allowance> believed_;  // guarded by mutex_
  std::atomic<bool> believes_ = false;         // whether there are any

  std::mutex plans_mutex_;
  struct HashName {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>()(name);
    }
  };
  // By identity; behind that, and a NUL, the stream whose limits these are.
  std::unordered_map<std::string, std::shared_ptr<const SenderPlan>, HashName, std::equal_to<>>
      plans_;

  struct Waiting {
    redis::Companion* question;
    redis::Clock::time_point deadline;
  };
  void ask_together(std::span<Waiting* const> waiting) noexcept;
  redis::Combiner<Waiting> combiner_;
};

}  // namespace optout
