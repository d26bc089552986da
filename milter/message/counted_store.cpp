#include "message/counted_store.h"

#include "metrics/metric.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace optout {
namespace {

constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::internal) + 1;

class CountedStore final : public SuppressionStore {
public:
  CountedStore(std::unique_ptr<SuppressionStore> store, Meters& meters)
      : store_(std::move(store)),
        listed_(meters.counter(metrics::kLookups, {"listed"})),
        not_listed_(meters.counter(metrics::kLookups, {"not_listed"})),
        cannot_tell_(meters.counter(metrics::kLookups, {"cannot_tell"})),
        took_(meters.histogram()) {
    for (std::size_t i = 0; i < kFaults; ++i) {
      failures_[i] = meters.counter(metrics::kLookupFailures, {to_string(static_cast<Fault>(i))});
    }
  }

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    auto answers = store_->find(recipients, sets, fetch, along);
    took_.observe(Clock::now() - begin);
    if (answers) {
      count(*answers);
    } else {
      cannot_tell_.add(recipients.size());
      failed(answers.error());
    }
    return answers;
  }

  Result<Recorded> record(const OptOut& opt_out) override { return store_->record(opt_out); }

  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override {
    return store_->withdraw(member, set, by, because);
  }

  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override {
    return store_->listings(recipient, sets);
  }

  Result<bool> init(std::string_view by) override { return store_->init(by); }

private:
  void count(const std::vector<Answer>& answers) const {
    const Error* fault = nullptr;
    for (const Answer& answer : answers) {
      const auto doubtful = [](const Listing& listing) { return listing.doubt.has_value(); };
      const auto doubt = std::find_if(answer.begin(), answer.end(), doubtful);
      if (doubt != answer.end()) fault = &*doubt->doubt;
      if (answer.empty()) {
        not_listed_.add();
      } else if (std::all_of(answer.begin(), answer.end(), doubtful)) {
        cannot_tell_.add();
      } else {
        listed_.add();
      }
    }
    if (fault != nullptr) failed(*fault);
  }

  void failed(const Error& error) const {
    failures_.at(static_cast<std::size_t>(error.fault)).add();
  }

  const std::unique_ptr<SuppressionStore> store_;
  const Counter listed_;
  const Counter not_listed_;
  const Counter cannot_tell_;
  const Histogram took_;
  std::array<Counter, kFaults> failures_;
};

}  // namespace

std::unique_ptr<SuppressionStore> counted_store(std::unique_ptr<SuppressionStore> store,
                                                Meters& meters) {
  return std::make_unique<CountedStore>(std::move(store), meters);
}

}  // namespace optout
