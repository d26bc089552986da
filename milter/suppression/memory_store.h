// A SuppressionStore in memory: for tests of everything above it. The contract suite runs on this
// and on Redis alike, so it cannot lie.

#pragma once

#include "suppression/store.h"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>

namespace optout {

class MemoryStore final : public SuppressionStore {
public:
  using Now = std::function<Instant()>;
  explicit MemoryStore(Now now);

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along = nullptr) override;
  Result<Recorded> record(const OptOut& opt_out) override;
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override;
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override;
  Result<bool> init(std::string_view by) override;

  // What others do to a Redis set behind our back.
  void add_as_others_do(std::string_view member, const SetName& set);
  void flush();

  // From now on every method fails with this error, or works again (nullopt).
  void fail_with(std::optional<Error> error);

private:
  using Key = std::pair<std::string, SetName>;  // member, set
  std::optional<Error> failure() const;         // REQUIRES: mutex_ held
  std::optional<Listing> listing(const std::string& member, const SetName& set) const;  // likewise

  const Now now_;
  mutable std::mutex mutex_;
  // Guarded by mutex_.
  bool initialised_ = false;
  std::set<Key> members_;
  std::map<Key, Evidence> evidence_;
  std::map<Key, Withdrawal> withdrawals_;  // the last one of each
  std::optional<Error> failure_;
};

}  // namespace optout
