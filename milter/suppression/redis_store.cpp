#include "suppression/redis_store.h"

#include "address/lookup_key.h"
#include "redis/combiner.h"
#include "suppression/evidence_record.h"
#include "suppression/lookup_batch.h"
#include "suppression/redis_schema.h"

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
using Replies = std::vector<Reply>;

constexpr std::array<std::string_view, 4> kUnnamedSets{"global", "complaint", "bounce", "block"};

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Error wrong_shape(std::string_view command) {
  return {Fault::garbled, fmt::format("{}: a reply of the wrong shape", command)};
}

bool is_bounce(const SetName& set) {
  return set.text() == "bounce";
}

// The first error among the replies that says why: EXECABORT only says that there was one before
// it.
std::optional<Error> first_error(std::span<const Reply> replies) {
  const Reply* found = nullptr;
  for (const Reply& reply : replies) {
    if (!reply.is_error()) continue;
    if (found == nullptr || found->text().starts_with("EXECABORT")) found = &reply;
  }
  if (found == nullptr) return std::nullopt;
  return Error{redis::fault_of(found->text()), std::string(found->text())};
}

class RedisStore final : public SuppressionStore {
public:
  RedisStore(Executor& executor, const std::string& prefix, const MemberOptions& members)
      : executor_(executor), schema_(prefix, members), batch_(schema_) {}

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets) override;
  Result<Recorded> record(const OptOut& opt_out) override;
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override;
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override;
  Result<bool> init(std::string_view by) override;

private:
  // One caller of find(), waiting with others for the same round trip.
  struct Waiting {
    Lookup lookup;
    Clock::time_point deadline;
    Result<Done> outcome = Done{};
  };
  void look_up_together(std::span<Waiting* const> waiting) noexcept;
  Result<Done> ask(std::span<Waiting* const> waiting);
  std::vector<Answer> with_evidence(const Lookup& lookup, Clock::time_point deadline);

  // What is known of one member in one set, and whether we may write here at all.
  struct Standing {
    bool in_set = false;
    std::optional<std::string> record;
    std::optional<Error> digest_keys_unknown;  // why no digest may be written yet
  };
  Result<Standing> standing(std::string_view member, const SetName& set,
                            Clock::time_point deadline);
  // The reply of EXEC to these commands, all carried out or none.
  Result<Replies> transact(const Commands& commands, Clock::time_point deadline);
  void add_event(Commands& commands, std::string_view action, std::string_view member,
                 const SetName& set, std::string_view by, std::string_view because,
                 std::string_view record) const;

  Executor& executor_;
  const RedisSchema schema_;
  redis::Combiner<Waiting> combiner_;
  LookupBatch batch_;  // belongs to the leader of the combiner's batch
};

Result<std::vector<Answer>> RedisStore::find(std::span<const Spellings> recipients,
                                             std::span<const SetName> sets) {
  Waiting mine{.lookup = {.recipients = recipients, .sets = sets, .hits = {}, .unread = {}},
               .deadline = executor_.deadline()};
  combiner_.submit(mine, [this](std::span<Waiting* const> all) noexcept { look_up_together(all); });
  if (!mine.outcome) return std::move(mine.outcome).error();
  std::vector<Answer> answers(recipients.size());
  if (!mine.lookup.hits.empty()) answers = with_evidence(mine.lookup, mine.deadline);
  for (const auto& [set, error] : mine.lookup.unread) {
    for (Answer& answer : answers)
      answer.push_back({.set = sets[set], .member = {}, .evidence = {}, .doubt = error});
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
  // The latest deadline: who came last must not be cut short by who came first, and nobody waits
  // for longer than one batch before theirs.
  Clock::time_point deadline = Clock::time_point::min();
  for (Waiting* each : waiting) {
    lookups.push_back(&each->lookup);
    deadline = std::max(deadline, each->deadline);
  }
  batch_.ask(lookups);
  auto replies = executor_.run(batch_.commands(), deadline, Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  return batch_.take(*replies);
}

// Asks for the evidence of every hit, and answers with the listings that still count. That they are
// members is known already; what only the evidence can say is whether a bounce has expired, and
// nobody else's listing hangs on it.
std::vector<Answer> RedisStore::with_evidence(const Lookup& lookup, Clock::time_point deadline) {
  const auto member_of = [&](const Hit& hit) -> const std::string& {
    return lookup.recipients[hit.recipient].members[hit.member];
  };
  Commands commands;
  for (const Hit& hit : lookup.hits) {
    const SetName& set = lookup.sets[hit.set];
    commands.add({"HGET", schema_.entry(member_of(hit), set.tenant()), set.text()});
  }
  auto replies = executor_.run(commands, deadline, Executor::Repeat::yes);
  std::vector<Answer> answers(lookup.recipients.size());
  const Instant today = now();
  for (std::size_t i = 0; i < lookup.hits.size(); ++i) {
    const Hit& hit = lookup.hits[i];
    Answer& answer = answers[hit.recipient];
    const bool again = !answer.empty() && answer.back().set == lookup.sets[hit.set];
    if (again && !answer.back().doubt) continue;
    Listing found{.set = lookup.sets[hit.set], .member = member_of(hit), .evidence = {}};
    if (!replies) {
      if (is_bounce(found.set)) found.doubt = replies.error();
    } else if (i < replies->size()) {
      const Reply& record = (*replies)[i];
      if (record.is_string()) found.evidence = decode_evidence(record.text());
      if (record.is_error() && is_bounce(found.set)) {
        found.doubt = Error{redis::fault_of(record.text()), fmt::format("HGET: {}", record.text())};
      }
    }
    if (found.evidence && found.evidence->expired_at(today)) continue;
    if (again) answer.pop_back();
    answer.push_back(std::move(found));
  }
  return answers;
}

Result<RedisStore::Standing> RedisStore::standing(std::string_view member, const SetName& set,
                                                  Clock::time_point deadline) {
  Commands commands;
  commands.add({"SISMEMBER", schema_.set(set), member});
  commands.add({"HGET", schema_.entry(member, set.tenant()), set.text()});
  schema_.ask_for_marker(commands);
  auto replies = executor_.run(commands, deadline, Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (auto error = first_error(*replies)) return *std::move(error);
  if (replies->size() != 3) return wrong_shape("HMGET");
  if (auto error = schema_.fault_of_marker((*replies)[2])) return *std::move(error);
  Standing found{.in_set = (*replies)[0].integer() != 0,
                 .record = {},
                 .digest_keys_unknown = schema_.fault_of_writing_digests((*replies)[2])};
  if ((*replies)[1].is_string()) found.record = std::string((*replies)[1].text());
  return found;
}

Result<Replies> RedisStore::transact(const Commands& commands, Clock::time_point deadline) {
  auto replies = executor_.run(commands, deadline, Executor::Repeat::no);
  if (!replies) return std::move(replies).error();
  if (auto error = first_error(*replies)) return *std::move(error);
  if (replies->empty() || !replies->back().is_array()) return wrong_shape("EXEC");
  const Reply& done = replies->back();
  for (std::size_t i = 0; i < done.size(); ++i) {
    if (done[i].is_error())
      return Error{redis::fault_of(done[i].text()), std::string(done[i].text())};
  }
  return replies;
}

void RedisStore::add_event(Commands& commands, std::string_view action, std::string_view member,
                           const SetName& set, std::string_view by, std::string_view because,
                           std::string_view record) const {
  const std::string events = schema_.events(set.tenant());
  std::vector<std::string_view> argv{"XADD", events,   "MAXLEN", "~", RedisSchema::kEventsKept,
                                     "*",    "action", action};
  const auto field = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) argv.insert(argv.end(), {name, value});
  };
  field("member", member);
  field("set", set.text());
  field("by", by);
  field("because", because);
  field("record", record);
  commands.add(argv);
}

Result<Recorded> RedisStore::record(const OptOut& opt_out) {
  const auto deadline = executor_.deadline();
  const auto before = standing(opt_out.member, opt_out.set, deadline);
  if (!before) return before.error();
  if (opt_out.member.starts_with('#') && before->digest_keys_unknown) {
    return *before->digest_keys_unknown;
  }
  // What had an expiry no longer counts once it is past: then only the last record does.
  const auto earlier = before->record ? decode_evidence(*before->record) : std::nullopt;
  const bool renews = opt_out.evidence.expires || (earlier && earlier->expires);
  if (before->in_set && before->record && !renews) return Recorded::already_there;

  const std::string evidence = encode_evidence(opt_out.evidence);
  Commands commands;
  commands.add({"MULTI"});
  commands.add({"SADD", schema_.set(opt_out.set), opt_out.member});
  commands.add({renews ? "HSET" : "HSETNX", schema_.entry(opt_out.member, opt_out.set.tenant()),
                opt_out.set.text(), evidence});
  add_event(commands, "add", opt_out.member, opt_out.set, opt_out.evidence.by,
            opt_out.evidence.reason, evidence);
  commands.add({"EXEC"});
  const auto done = transact(commands, deadline);
  if (!done) return done.error();
  return done->back()[0].integer() == 1 ? Recorded::added : Recorded::already_there;
}

Result<bool> RedisStore::withdraw(std::string_view member, const SetName& set, std::string_view by,
                                  std::string_view because) {
  const auto deadline = executor_.deadline();
  const auto before = standing(member, set, deadline);
  if (!before) return before.error();
  if (!before->in_set && !before->record) return false;

  Commands commands;
  commands.add({"MULTI"});
  commands.add({"SREM", schema_.set(set), member});
  commands.add({"HDEL", schema_.entry(member, set.tenant()), set.text()});
  add_event(commands, "remove", member, set, by, because, before->record.value_or(""));
  commands.add({"EXEC"});
  const auto done = transact(commands, deadline);
  if (!done) return done.error();
  return done->back()[0].integer() == 1;
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
    for (std::size_t j = 0; j + 1 < entry.size(); j += 2)
      ask_for(SetName(std::string(entry[j].text()), tenants[i / spellings]));
  }

  Lookup lookup{.recipients = {&recipient, 1}, .sets = asked, .hits = {}, .unread = {}};
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
  commands.add({"MULTI"});
  commands.add({"HSETNX", schema_.marker(), "version", RedisSchema::kVersion});
  commands.add({"HSETNX", schema_.marker(), "shards", RedisSchema::kShards});
  commands.add({"HSETNX", schema_.marker(), "address_rules", rules});
  commands.add({"HSETNX", schema_.marker(), "created", created});
  commands.add({"HSET", schema_.marker(), "digest_keys", schema_.digest_fingerprints()});
  add_event(commands, "init", "", SetName(), by, "", "");
  commands.add({"EXEC"});
  const auto done = transact(commands, deadline);
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
