#include "suppression/memory_store.h"

#include <algorithm>

namespace optout {

MemoryStore::MemoryStore(Now now) : now_(std::move(now)) {}

std::optional<Error> MemoryStore::failure() const {
  if (failure_) return failure_;
  if (!initialised_) return Error{Fault::schema_missing, "run: optoutctl init"};
  return std::nullopt;
}

std::optional<Listing> MemoryStore::listing(const std::string& member, const SetName& set) const {
  const Key key{member, set};
  if (!members_.contains(key)) return std::nullopt;
  Listing found{.set = set, .member = member, .evidence = {}};
  if (const auto evidence = evidence_.find(key); evidence != evidence_.end())
    found.evidence = evidence->second;
  return found;
}

Result<std::vector<Answer>> MemoryStore::find(std::span<const Spellings> recipients,
                                              std::span<const SetName> sets, FetchEvidence,
                                              redis::Companion*) {
  const std::scoped_lock lock(mutex_);
  if (auto error = failure()) return *std::move(error);
  std::vector<Answer> answers;
  for (const Spellings& recipient : recipients) {
    Answer answer;
    for (const SetName& set : sets) {
      for (const std::string& member : recipient.members) {
        auto found = listing(member, set);
        if (!found || (found->evidence && found->evidence->expired_at(now_()))) continue;
        answer.push_back(*std::move(found));
        break;
      }
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

Result<Recorded> MemoryStore::record(const OptOut& opt_out) {
  const std::scoped_lock lock(mutex_);
  if (auto error = failure()) return *std::move(error);
  const Key key{opt_out.member, opt_out.set};
  const auto known = evidence_.find(key);
  const bool renews =
      opt_out.evidence.expires || (known != evidence_.end() && known->second.expires);
  if (members_.contains(key) && known != evidence_.end() && !renews) return Recorded::already_there;
  const auto outranked_by = [&](const std::string& member) {
    const auto withdrawal = withdrawals_.find(Key{member, opt_out.set});
    return withdrawal != withdrawals_.end() && withdrawal->second.outranks(opt_out);
  };
  if (outranked_by(opt_out.member) ||
      std::any_of(opt_out.also.begin(), opt_out.also.end(), outranked_by)) {
    return Recorded::outranked;
  }
  const bool added = members_.insert(key).second;
  const auto [kept, is_first] = evidence_.emplace(key, opt_out.evidence);
  if (!is_first && renews) kept->second = opt_out.evidence;
  return added ? Recorded::added : Recorded::already_there;
}

Result<bool> MemoryStore::withdraw(std::string_view member, const SetName& set, std::string_view by,
                                   std::string_view because) {
  const std::scoped_lock lock(mutex_);
  if (auto error = failure()) return *std::move(error);
  const Key key{std::string(member), set};
  const bool was_in = members_.erase(key) > 0;
  const bool was_known = evidence_.erase(key) > 0;
  if (was_in || was_known) {
    withdrawals_.insert_or_assign(
        key, Withdrawal{.since = now_(), .by = std::string(by), .reason = std::string(because)});
  }
  return was_in;
}

Result<std::vector<Listing>> MemoryStore::listings(const Spellings& recipient,
                                                   std::span<const SetName> sets) {
  const std::scoped_lock lock(mutex_);
  if (auto error = failure()) return *std::move(error);
  const auto is_asked_for = [&](std::string_view tenant) {
    return tenant.empty() || std::any_of(sets.begin(), sets.end(), [&](const SetName& set) {
             return set.tenant() == tenant;
           });
  };
  std::vector<Listing> found;
  for (const std::string& member : recipient.members) {
    for (const auto& [listed, set] : members_) {
      if (listed == member && is_asked_for(set.tenant())) found.push_back(*listing(member, set));
    }
  }
  for (const std::string& member : recipient.members) {
    for (const auto& [key, withdrawal] : withdrawals_) {
      const auto& [withdrawn, set] = key;
      if (withdrawn != member || !is_asked_for(set.tenant()) || members_.contains(key)) continue;
      found.push_back({.set = set, .member = member, .evidence = {}, .withdrawn = withdrawal});
    }
  }
  return found;
}

Result<bool> MemoryStore::init(std::string_view) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  return !std::exchange(initialised_, true);
}

void MemoryStore::add_as_others_do(std::string_view member, const SetName& set) {
  const std::scoped_lock lock(mutex_);
  members_.insert({std::string(member), set});
}

void MemoryStore::flush() {
  const std::scoped_lock lock(mutex_);
  initialised_ = false;
  members_.clear();
  evidence_.clear();
  withdrawals_.clear();
}

void MemoryStore::fail_with(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  failure_ = std::move(error);
}

}  // namespace optout
