// Names of our keys in Redis, and the marker that makes a database ours. Here and nowhere else.
//
// The keys are an interface: any CRM may SADD into a set, any administrator may look.
// optout-milter(8)
// describes them; changing one needs a new schema version.

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "suppression/member_options.h"
#include "suppression/set_name.h"
#include "util/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout {

class RedisSchema {
public:
  static constexpr std::string_view kVersion = "1";
  static constexpr std::string_view kShards = "1";
  static constexpr std::string_view kEventsKept = "1000000";  // about: MAXLEN ~

  RedisSchema(std::string prefix, const MemberOptions& members);

  // A tenant's keys begin with the prefix, its name and a colon; the marker is one for all.
  std::string set(const SetName& name) const;  // a foreign set's key is not ours to prefix
  std::string entry(std::string_view member, std::string_view tenant) const;
  std::string events(std::string_view tenant) const;
  std::string lists(std::string_view tenant) const;
  std::string confirmed(std::string_view member) const;  // one for all tenants
  const std::string& marker() const noexcept { return marker_; }
  const std::string& references() const noexcept { return references_; }  // one for all, too

  // The field of an entry that tells of a withdrawal; and which set it is of, where a field is one.
  static std::string withdrawal_field(const SetName& name);
  static std::optional<std::string_view> withdrawn_set(std::string_view field) noexcept;

  // Adds the question for the marker.
  void ask_for_marker(redis::Commands& commands) const;

  // What is wrong with the answer; nothing if we may trust the sets.
  std::optional<Error> fault_of_marker(const redis::Reply& fields) const;

  // Why no digest may be written under our keys yet, where `fields` passed the test above: a relay
  // that does not know a key finds nobody under it. The marker names the keys that everybody must
  // know.
  std::optional<Error> fault_of_writing_digests(const redis::Reply& fields) const;

  const std::string& digest_fingerprints() const noexcept { return fingerprints_; }

private:
  std::string key(std::string_view tenant, std::string_view kind, std::string_view name) const;

  std::string prefix_;
  std::string marker_;
  std::string references_;
  std::string fingerprints_;  // of our digest keys: "1:9f8e… 2:0a1b…"
};

}  // namespace optout
