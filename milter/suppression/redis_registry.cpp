#include "suppression/redis_registry.h"

#include "suppression/redis_schema.h"
#include "suppression/redis_transaction.h"
#include "suppression/registry_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace optout {
namespace {

using redis::Commands;
using redis::Executor;
using redis::Reply;
using Replies = std::vector<Reply>;

class RedisRegistry final : public Registry {
public:
  RedisRegistry(Executor& executor, const std::string& prefix, const MemberOptions& members,
                std::size_t most_lists)
      : executor_(executor), schema_(prefix, members), most_lists_(most_lists) {}

  Result<Noted> note(const KnownList& list) override;
  Result<std::optional<SetName>> set_of(std::uint32_t reference) override;
  Result<std::vector<KnownList>> lists(std::string_view tenant) override;
  Result<Done> keep_address(std::uint64_t reference, std::string_view member) override;
  Result<std::optional<std::string>> member_of(std::uint64_t reference) override;

private:
  // The replies to `questions`, of a Redis that is ours; the marker is asked for last, as a Redis
  // that was flushed in between knows of nothing.
  Result<Replies> ask(Commands questions, redis::Clock::time_point deadline);
  // What stands in the hash of references under `field`, if anything.
  Result<std::optional<std::string>> reference(const std::string& field,
                                               redis::Clock::time_point deadline);

  Executor& executor_;
  const RedisSchema schema_;
  const std::size_t most_lists_;
};

Result<Replies> RedisRegistry::ask(Commands questions, redis::Clock::time_point deadline) {
  schema_.ask_for_marker(questions);
  auto replies = executor_.run(questions, deadline, Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  if (replies->size() != questions.count()) return wrong_shape("HMGET");
  if (auto error = schema_.fault_of_marker(replies->back())) return *std::move(error);
  if (auto error = first_error(*replies)) return *std::move(error);
  return replies;
}

// Two daemons may note at once: each list of theirs is written once, by whoever comes first, and
// the tenant may end up with a list more than its share for each of them. Where two different lists
// with the same reference come at once, both are written down, but the reference is told only to
// whom it belongs.
Result<Noted> RedisRegistry::note(const KnownList& list) {
  const auto deadline = executor_.deadline();
  const std::string lists = schema_.lists(list.tenant);
  const std::string field = reference_of_set(list.reference);
  const std::string set = encode_set(list.set());
  Commands questions;
  questions.add({"HGET", lists, list.id});
  questions.add({"HGET", schema_.references(), field});
  questions.add({"HLEN", lists});
  const auto known = ask(std::move(questions), deadline);
  if (!known) return known.error();
  const Reply& there = (*known)[0];
  const Reply& meant = (*known)[1];

  const bool unreadable = meant.is_string() && !decode_set(meant.text());
  if (meant.is_string() && !unreadable && meant.text() != set) return Noted::taken;
  const auto earlier = decode_list(list.id, list.tenant, there.text());
  const bool named = earlier && (!earlier->name.empty() || list.name.empty());
  if (named && earlier->reference == list.reference && meant.text() == set)
    return Noted::already_there;
  if (there.is_nil() && std::cmp_greater_equal((*known)[2].integer(), most_lists_))
    return Noted::full;

  KnownList noted = list;
  if (earlier) noted.first_seen = earlier->first_seen;
  if (named) noted.name = earlier->name;
  Commands commands;
  commands.add({there.is_nil() ? "HSETNX" : "HSET", lists, list.id, encode_list(noted)});
  commands.add({unreadable ? "HSET" : "HSETNX", schema_.references(), field, set});
  commands.add({"HGET", schema_.references(), field});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  if ((*done)[2].text() != set) return Noted::taken;
  return (*done)[0].integer() == 1 ? Noted::added : Noted::already_there;
}

Result<std::optional<SetName>> RedisRegistry::set_of(std::uint32_t reference) {
  const auto found = this->reference(reference_of_set(reference), executor_.deadline());
  if (!found) return found.error();
  return *found ? decode_set(**found) : std::nullopt;
}

Result<std::vector<KnownList>> RedisRegistry::lists(std::string_view tenant) {
  Commands questions;
  questions.add({"HGETALL", schema_.lists(tenant)});
  const auto replies = ask(std::move(questions), executor_.deadline());
  if (!replies) return replies.error();
  const Reply& records = replies->front();
  std::vector<KnownList> found;
  for (std::size_t i = 0; i + 1 < records.size(); i += 2) {
    if (auto list = decode_list(records[i].text(), tenant, records[i + 1].text()))
      found.push_back(*std::move(list));
  }
  std::sort(found.begin(), found.end(),
            [](const KnownList& a, const KnownList& b) { return a.id < b.id; });
  return found;
}

Result<Done> RedisRegistry::keep_address(std::uint64_t reference, std::string_view member) {
  const auto deadline = executor_.deadline();
  const std::string field = reference_of_member(reference);
  const auto known = this->reference(field, deadline);
  if (!known) return known.error();
  if (*known) return Done{};
  Commands commands;
  commands.add({"HSETNX", schema_.references(), field, member});
  const auto done = transact(executor_, commands, deadline);
  if (!done) return done.error();
  return Done{};
}

Result<std::optional<std::string>> RedisRegistry::member_of(std::uint64_t reference) {
  return this->reference(reference_of_member(reference), executor_.deadline());
}

Result<std::optional<std::string>> RedisRegistry::reference(const std::string& field,
                                                            redis::Clock::time_point deadline) {
  Commands questions;
  questions.add({"HGET", schema_.references(), field});
  const auto replies = ask(std::move(questions), deadline);
  if (!replies) return replies.error();
  const Reply& found = replies->front();
  return found.is_string() ? std::optional(std::string(found.text())) : std::nullopt;
}

}  // namespace

std::unique_ptr<Registry> make_redis_registry(redis::Executor& executor, const std::string& prefix,
                                              const MemberOptions& members,
                                              std::size_t most_lists) {
  return std::make_unique<RedisRegistry>(executor, prefix, members, most_lists);
}

}  // namespace optout
