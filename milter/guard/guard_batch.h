// What many messages ask the guard's Redis at the same time, as one question: of each sender its
// state, and of each tally one command, whoever adds to it. A sender of many messages costs little
// more than a sender of one.
//
// Threads: one at a time.

#pragma once

#include "guard/guard_check.h"

#include <span>
#include <string_view>
#include <vector>

namespace optout {

class GuardBatch {
public:
  // All of them are GuardChecks, and borrowed.
  explicit GuardBatch(std::span<redis::Companion* const> all);

  void compose(redis::Commands& commands);
  // Gives each its answer, or says why there is none.
  void take(const Result<std::span<const redis::Reply>>& replies);

private:
  struct TallyOf {
    const Tally* tally;
    std::vector<GuardCheck::Count*> counts;
    std::vector<Addition> additions;
  };
  struct ShareOf {
    const Share* share;
    std::vector<GuardCheck::ShareCount*> counts;
    std::vector<Person> people;
    std::vector<Person> opted_out;
  };
  // Messages that are the same have one state.
  struct MessageOf {
    const std::string* key = nullptr;
    std::vector<GuardCheck*> checks;
  };
  struct SenderOf {
    std::vector<GuardCheck*> checks;
    std::vector<MessageOf> messages;
    std::vector<TallyOf> tallies;
    std::vector<ShareOf> shares;
  };

  void add(GuardCheck& check);
  static bool passes_any(const SenderOf& sender) noexcept;
  static std::size_t people_of(const TallyOf& tally) noexcept;
  static void compose(const SenderOf& sender, redis::Commands& commands);
  static void compose_passed(const SenderOf& sender, redis::Commands& commands);
  static Result<Done> take(SenderOf& sender, std::span<const redis::Reply>& replies);
  static Result<Done> take_passed(const SenderOf& sender, std::span<const redis::Reply>& replies);
  static void take_state(const SenderOf& sender, const redis::Reply& fields);
  static void remove_strays(GuardCheck& first, std::span<const std::string_view> strays);

  std::vector<SenderOf> senders_;
};

}  // namespace optout
