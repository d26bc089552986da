#include "suppression/memory_registry.h"

#include "suppression/record_words.h"

namespace optout {

Result<Noted> MemoryRegistry::note(const KnownList& list) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  const auto meant = sets_.find(list.reference);
  if (meant != sets_.end() && meant->second != list.set()) return Noted::taken;
  auto& lists = lists_[list.tenant];
  if (!lists.contains(list.id) && lists.size() >= most_lists_) return Noted::full;
  const auto [known, is_first] = lists.emplace(list.id, list);
  known->second.reference = list.reference;
  if (known->second.name.empty()) known->second.name = list.name;
  known->second.name = bounded(known->second.name, kLongestName);
  sets_.emplace(list.reference, list.set());
  return is_first ? Noted::added : Noted::already_there;
}

Result<std::optional<SetName>> MemoryRegistry::set_of(std::uint32_t reference) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  const auto found = sets_.find(reference);
  return found == sets_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<KnownList>> MemoryRegistry::lists(std::string_view tenant) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  std::vector<KnownList> found;
  for (const auto& [id, list] : lists_[std::string(tenant)])
    found.push_back(list);
  return found;
}

Result<Done> MemoryRegistry::keep_address(std::uint64_t reference, std::string_view member) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  members_.emplace(reference, member);
  return Done{};
}

Result<std::optional<std::string>> MemoryRegistry::member_of(std::uint64_t reference) {
  const std::scoped_lock lock(mutex_);
  if (failure_) return *failure_;
  const auto found = members_.find(reference);
  return found == members_.end() ? std::nullopt : std::optional(found->second);
}

void MemoryRegistry::fail_with(std::optional<Error> error) {
  const std::scoped_lock lock(mutex_);
  failure_ = std::move(error);
}

}  // namespace optout
