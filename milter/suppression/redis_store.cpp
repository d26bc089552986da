#include "suppression/redis_store.h"

#include "address/lookup_key.h"
#include "redis/combiner.h"
#include "redis/companion.h"
#include "suppression/evidence_record.h"
#include "suppression/lookup_batch.h"
#include "suppression/redis_event.h"
#include "suppression/redis_recording.h"
#include "suppression/redis_schema.h"
#include "suppression/redis_transaction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace optout {
namespace {

using redis::Clock;
using redis::Commands;
using redis::Executor;
using redis::Reply;

constexpr std::array<std::string_view, 4> kUnnamedSets{"global", "complaint", "bounce", "block"};

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

bool is_bounce(const SetName& set) {
  return set.text() == "bounce";
}

const std::string& member_of(const Lookup& lookup, const Hit& hit) {
  return lookup.recipients[hit.recipient].members[hit.member];
}

// The listings that still count. That they are members is known; what only the evidence can say is
// whether a bounce has expired, and nobody else's listing hangs on it.
std::vector<Answer> answers_of(const Lookup& lookup) {
  std::vector<Answer> answers(lookup.recipients.size());
  const Instant today = now();
  for (const Hit& hit : lookup.hits) {
    Answer& answer = answers[hit.recipient];
    const bool again = !answer.empty() && answer.back().set == lookup.sets[hit.set];
    if (again && !answer.back().doubt) continue;
    Listing found{.set = lookup.sets[hit.set],
                  .member = member_of(lookup, hit),
                  .evidence = hit.evidence.evidence};
    if (is_bounce(found.set)) found.doubt = hit.evidence.error;
    if (found.evidence && found.evidence->expired_at(today)) continue;
    if (again) answer.pop_back();
    answer.push_back(std::move(found));
  }
  return answers;
}

// Adds the sets that, by `entry`, `member` was withdrawn from and has not come back to since.
void add_withdrawals(std::vector<Listing>& found, const Reply& entry, const std::string& member,
                     const std::string& tenant) {
  for (std::size_t i = 0; i + 1 < entry.size(); i += 2) {
    const Reply& field = entry[i];
    const auto name = RedisSchema::withdrawn_set(field.text());
    const auto withdrawal = decode_withdrawal(entry[i + 1].text());
    if (!name || !withdrawal) continue;
    const SetName set(std::string(*name), tenant);
    const bool is_back = std::any_of(found.begin(), found.end(), [&](const Listing& listing) {
      return listing.set == set && listing.member == member;
    });
    if (is_back) continue;
    found.push_back({.set = set, .member = member, .evidence = {}, .withdrawn = withdrawal});
  }
}

class RedisStore final : public SuppressionStore {
public:
  RedisStore(Executor& executor, const std::string& prefix, const MemberOptions& members)
      : executor_(executor),
        schema_(prefix, members),
        recording_(executor, schema_),
        batch_(schema_) {}

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override;
  Result<Recorded> record(const OptOut& opt_out) override { return recording_.record(opt_out); }
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override {
    return recording_.withdraw(member, set, by, because);
  }
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override;
  Result<bool> init(std::string_view by) override;

private:
  // One caller of find(), waiting with others for the same round trip.
  struct Waiting {
    Lookup lookup;
    redis::Companion* along;
    Clock::time_point deadline;
    Result<Done> outcome = Done{};
  };
  void look_up_together(std::span<Waiting* const> waiting) noexcept;
  Result<Done> ask(std::span<Waiting* const> waiting);
  Result<Done> ask_in_company(std::span<redis::Companion* const> companions,
                              Clock::time_point deadline);
  void fetch_evidence(Lookup& lookup, Clock::time_point deadline);

  Executor& executor_;
  const RedisSchema schema_;
  const RedisRecording recording_;
  redis::Combiner<Waiting> combiner_;
  // These belong to the leader of the combiner's batch.
  LookupBatch batch_;
  Commands together_;
};

Result<std::vector<Answer>> RedisStore::find(std::span<const Spellings> recipients,
                                             std::span<const SetName> sets, FetchEvidence fetch,
                                             redis::Companion* along) {
  Waiting mine{.lookup = {.recipients = recipients, .sets = sets, .fetch = fetch},
               .along = along,
               .deadline = executor_.deadline()};
  combiner_.submit(mine, [this](std::span<Waiting* const> all) noexcept { look_up_together(all); });
  if (!mine.outcome) return std::move(mine.outcome).error();
  if (!mine.lookup.hits.empty() && fetch == FetchEvidence::if_listed)
    fetch_evidence(mine.lookup, mine.deadline);
  std::vector<Answer> answers = answers_of(mine.lookup);
  for (const Unread& unread : mine.lookup.unread) {
    Answer& answer = answers[unread.recipient];
    const SetName& set = sets[unread.set];
    const bool is_known = std::any_of(answer.begin(), answer.end(),
                                      [&](const Listing& listing) { return listing.set == set; });
    if (is_known) continue;  // by another spelling
    answer.push_back({.set = set, .member = {}, .evidence = {}, .doubt = unread.error});
  }
  return answers;
}

void RedisStore::look_up_together(std::span<Waiting* const> waiting) noexcept {
  Result<Done> outcome = Done{};
  try {
    outcome = ask(waiting);
  } catch (const std::exception& e) {
    outcome = Error{Fault::internal, e.what()};
  }
  for (Waiting* each : waiting)
    each->outcome = outcome;
}

Result<Done> RedisStore::ask(std::span<Waiting* const> waiting) {
  std::vector<Lookup*> lookups;
  std::vector<redis::Companion*> companions;
  // The latest deadline: who came last must not be cut short by who came first, and nobody waits
  // for longer than one batch before theirs.
  Clock::time_point deadline = Clock::time_point::min();
  for (Waiting* each : waiting) {
    lookups.push_back(&each->lookup);
    if (each->along != nullptr) companions.push_back(each->along);
    deadline = std::max(deadline, each->deadline);
  }
  batch_.ask(lookups);
  if (companions.empty()) {
    auto replies = executor_.run(batch_.commands(), deadline, Executor::Repeat::yes);
    if (!replies) return std::move(replies).error();
    return batch_.take(*replies);
  }
  return ask_in_company(companions, deadline);
}

Result<Done> RedisStore::ask_in_company(std::span<redis::Companion* const> companions,
                                        Clock::time_point deadline) {
  together_.clear();
  together_.add(batch_.commands());
  companions.front()->compose(companions, together_);
  auto replies = executor_.run(together_, deadline, Executor::Repeat::yes);
  if (!replies) {
    companions.front()->take(companions, replies.error());
    return std::move(replies).error();
  }
  const std::span<const Reply> all(*replies);
  const std::size_t ours = batch_.commands().count();
  companions.front()->take(companions, all.subspan(std::min(ours, all.size())));
  return batch_.take(all.first(std::min(ours, all.size())));
}

void RedisStore::fetch_evidence(Lookup& lookup, Clock::time_point deadline) {
  Commands commands;
  for (const Hit& hit : lookup.hits)
    ask_for_evidence(commands, schema_, member_of(lookup, hit), lookup.sets[hit.set]);
  const auto replies = executor_.run(commands, deadline, Executor::Repeat::yes);
  for (std::size_t i = 0; i < lookup.hits.size(); ++i) {
    if (!replies) {
      lookup.hits[i].evidence.error = replies.error();
    } else if (i < replies->size()) {
      lookup.hits[i].evidence = evidence_in((*replies)[i]);
    }
  }
}

Result<std::vector<Listing>> RedisStore::listings(const Spellings& recipient,
                                                  std::span<const SetName> sets) {
  const auto deadline = executor_.deadline();
  std::vector<SetName> asked(sets.begin(), sets.end());
  const auto ask_for = [&](SetName set) {
    if (std::find(asked.begin(), asked.end(), set) == asked.end()) asked.push_back(std::move(set));
  };
  std::vector<std::string> tenants{""};
  for (const SetName& set : sets) {
    if (std::find(tenants.begin(), tenants.end(), set.tenant()) == tenants.end())
      tenants.emplace_back(set.tenant());
  }
  for (const std::string& tenant : tenants) {
    for (const std::string_view name : kUnnamedSets)
      ask_for(SetName(std::string(name), tenant));
  }

  // The evidence also names sets that nobody could have guessed: lists and streams.
  Commands commands;
  for (const std::string& tenant : tenants) {
    for (const std::string& member : recipient.members)
      commands.add({"HGETALL", schema_.entry(member, tenant)});
  }
  auto entries = executor_.run(commands, deadline, Executor::Repeat::yes);
  if (!entries) return std::move(entries).error();
  if (auto error = first_error(*entries)) return *std::move(error);
  const std::size_t spellings = recipient.members.size();
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const Reply& entry = (*entries)[i];
    for (std::size_t j = 0; j + 1 < entry.size(); j += 2) {
      const Reply& field = entry[j];
      const std::string_view set = RedisSchema::withdrawn_set(field.text()).value_or(field.text());
      ask_for(SetName(std::string(set), tenants[i / spellings]));
    }
  }

  Lookup lookup{.recipients = {&recipient, 1}, .sets = asked};
  Lookup* const lookups[] = {&lookup};
  LookupBatch batch(schema_);
  batch.ask(lookups);
  auto replies = executor_.run(batch.commands(), deadline, Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (auto taken = batch.take(*replies); !taken) return std::move(taken).error();
  if (!lookup.unread.empty()) return std::move(lookup.unread.front().error);

  std::vector<Listing> found;
  for (const Hit& hit : lookup.hits) {
    Listing listing{.set = asked[hit.set], .member = recipient.members[hit.member], .evidence = {}};
    const auto tenant = std::find(tenants.begin(), tenants.end(), listing.set.tenant());
    const auto place = static_cast<std::size_t>(tenant - tenants.begin());
    const Reply& entry = (*entries)[place * spellings + hit.member];
    for (std::size_t i = 0; i + 1 < entry.size(); i += 2) {
      if (entry[i].text() == listing.set.text())
        listing.evidence = decode_evidence(entry[i + 1].text());
    }
    found.push_back(std::move(listing));
  }
  for (std::size_t i = 0; i < entries->size(); ++i)
    add_withdrawals(found, (*entries)[i], recipient.members[i % spellings], tenants[i / spellings]);
  return found;
}

Result<bool> RedisStore::init(std::string_view by) {
  const auto deadline = executor_.deadline();
  Commands question;
  schema_.ask_for_marker(question);
  auto replies = executor_.run(question, deadline, Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (replies->size() != 1) return wrong_shape("HMGET");
  const Reply& there = replies->front();
  const auto error = schema_.fault_of_marker(there);
  if (error && error->fault != Fault::schema_missing) return *error;
  const bool digests_noted = there.size() == 3 && there[2].text() == schema_.digest_fingerprints();
  if (!error && digests_noted) return false;

  const std::string created = to_string(now());
  const std::string rules = address_rules_version();
  Commands commands;
  commands.add({"HSETNX", schema_.marker(), "version", RedisSchema::kVersion});
  commands.add({"HSETNX", schema_.marker(), "shards", RedisSchema::kShards});
  commands.add({"HSETNX", schema_.marker(), "address_rules", rules});
  commands.add({"HSETNX", schema_.marker(), "created", created});
  commands.add({"HSET", schema_.marker(), "digest_keys", schema_.digest_fingerprints()});
  add_event(commands, schema_, {.action = "init", .by = by});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  return true;
}

}  // namespace

std::unique_ptr<SuppressionStore> make_redis_store(redis::Executor& executor,
                                                   const std::string& prefix,
                                                   const MemberOptions& members) {
  return std::make_unique<RedisStore>(executor, prefix, members);
}

}  // namespace optout
