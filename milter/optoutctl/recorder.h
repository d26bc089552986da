// Looks over the shoulder of a lookup: which commands went to Redis, what came back, and what that
// meant.
//
// Threads: one, unlike the interfaces it implements.

#pragma once

#include "redis/client.h"
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

// Can look, but not touch: whatever would change a set fails.
class RecordingStore final : public SuppressionStore {
public:
  explicit RecordingStore(std::unique_ptr<SuppressionStore> behind) : behind_(std::move(behind)) {}

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch) override;
  Result<Recorded> record(const OptOut& opt_out) override;
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override;
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override;
  Result<bool> init(std::string_view by) override;

  // What was found since the last call.
  std::vector<RecordedLookup> take() { return std::exchange(lookups_, {}); }

private:
  std::unique_ptr<SuppressionStore> behind_;
  std::vector<RecordedLookup> lookups_;
};

}  // namespace optout
