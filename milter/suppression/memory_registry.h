// A Registry in memory: for tests of everything above it. The contract suite runs on this and on
// Redis alike, so it cannot lie.

#pragma once

#include "suppression/registry.h"

#include <map>
#include <mutex>
#include <utility>

namespace optout {

class MemoryRegistry final : public Registry {
public:
  explicit MemoryRegistry(std::size_t most_lists = kMostLists) : most_lists_(most_lists) {}

  Result<Noted> note(const KnownList& list) override;
  Result<std::optional<SetName>> set_of(std::uint32_t reference) override;
  Result<std::vector<KnownList>> lists(std::string_view tenant) override;
  Result<Done> keep_address(std::uint64_t reference, std::string_view member) override;
  Result<std::optional<std::string>> member_of(std::uint64_t reference) override;

  // From now on every method fails with this error, or works again (nullopt).
  void fail_with(std::optional<Error> error);

private:
  const std::size_t most_lists_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::map<std::string, std::map<std::string, KnownList>> lists_;  // by tenant, then by id
  std::map<std::uint32_t, SetName> sets_;
  std::map<std::uint64_t, std::string> members_;
  std::optional<Error> failure_;
};

}  // namespace optout
