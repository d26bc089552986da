// Looks over the shoulder of a lookup: which commands went to Redis, what came back, and what that
// meant.
//
// Threads: one, unlike the interfaces it implements.

#pragma once

#include "redis/client.h"
#include "suppression/registry.h"
#include "suppression/store.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace optout {

// One command and its reply; {"error": …} where that is an error, or where none came.
struct Question {
  std::vector<std::string> command;
  nlohmann::ordered_json reply;
};

class RecordingExecutor final : public redis::Executor {
public:
  explicit RecordingExecutor(redis::Executor& behind) : behind_(behind) {}

  Result<std::vector<redis::Reply>> run(const redis::Commands& commands,
                                        redis::Clock::time_point deadline, Repeat repeat) override;
  std::chrono::milliseconds timeout() const override { return behind_.timeout(); }

  // What was asked since the last call.
  std::vector<Question> take() { return std::exchange(questions_, {}); }

private:
  redis::Executor& behind_;
  std::vector<Question> questions_;
};

struct RecordedLookup {
  std::vector<Spellings> recipients;
  Result<std::vector<Answer>> answers;
};

// Can look, but not touch: an opt-out is only noted, and whatever else would change a set fails.
class RecordingStore final : public SuppressionStore {
public:
  explicit RecordingStore(std::unique_ptr<SuppressionStore> behind) : behind_(std::move(behind)) {}

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override;
  // As if it were added, where the store can be reached.
  Result<Recorded> record(const OptOut& opt_out) override;
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override;
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override;
  Result<bool> init(std::string_view by) override;

  // What was found since the last call.
  std::vector<RecordedLookup> take() { return std::exchange(lookups_, {}); }

  const std::vector<OptOut>& would_record() const noexcept { return would_record_; }

private:
  std::unique_ptr<SuppressionStore> behind_;
  std::vector<RecordedLookup> lookups_;
  std::vector<OptOut> would_record_;
};

// Knows what is known, and does as if everything could be noted.
class LookingRegistry final : public Registry {
public:
  explicit LookingRegistry(std::unique_ptr<Registry> behind) : behind_(std::move(behind)) {}

  Result<Noted> note(const KnownList&) override { return Noted::already_there; }
  Result<std::optional<SetName>> set_of(std::uint32_t reference) override {
    return behind_->set_of(reference);
  }
  Result<std::vector<KnownList>> lists(std::string_view tenant) override {
    return behind_->lists(tenant);
  }
  Result<Done> keep_address(std::uint64_t, std::string_view) override { return Done{}; }
  Result<std::optional<std::string>> member_of(std::uint64_t reference) override {
    return behind_->member_of(reference);
  }

private:
  std::unique_ptr<Registry> behind_;
};

}  // namespace optout
