#include "optoutctl/seen_lists.h"

#include "suppression/redis_registry.h"
#include "suppression/redis_schema.h"

#include <algorithm>
#include <iterator>

namespace optout {

Result<std::vector<KnownList>> seen_lists(Context& context, const std::string& tenant) {
  const Config& config = context.config();
  std::vector<std::string> tenants{tenant};
  for (const Stream& stream : config.streams) {
    const bool known = std::find(tenants.begin(), tenants.end(), stream.tenant) != tenants.end();
    if (tenant.empty() && !known) tenants.push_back(stream.tenant);
  }
  const auto registry = make_redis_registry(context.redis(), config.prefix, config.addresses);
  std::vector<KnownList> lists;
  for (const std::string& each : tenants) {
    auto found = registry->lists(each);
    if (!found) return std::move(found).error();
    std::move(found->begin(), found->end(), std::back_inserter(lists));
  }
  return lists;
}

Result<std::vector<std::optional<std::int64_t>>> count_opted_out(
    Context& context, const std::vector<KnownList>& lists) {
  std::vector<std::optional<std::int64_t>> counts(lists.size());
  if (lists.empty()) return counts;
  const Config& config = context.config();
  const RedisSchema schema(config.prefix, config.addresses);
  redis::Commands questions;
  for (const KnownList& list : lists)
    questions.add({"SCARD", schema.set(list.set())});
  redis::Executor& redis = context.redis();
  auto replies = redis.run(questions, redis.deadline(), redis::Executor::Repeat::yes);
  if (!replies) return std::move(replies).error();
  for (std::size_t i = 0; i < std::min(replies->size(), counts.size()); ++i) {
    const redis::Reply& reply = (*replies)[i];
    if (reply.is_integer()) counts[i] = reply.integer();
  }
  return counts;
}

Result<std::vector<SetName>> seen_list_sets(Context& context, const std::string& tenant) {
  const auto lists = seen_lists(context, tenant);
  if (!lists) return lists.error();
  const auto counts = count_opted_out(context, *lists);
  if (!counts) return counts.error();
  std::vector<SetName> sets;
  for (std::size_t i = 0; i < lists->size(); ++i) {
    if ((*counts)[i] != 0) sets.push_back((*lists)[i].set());
  }
  return sets;
}

}  // namespace optout
