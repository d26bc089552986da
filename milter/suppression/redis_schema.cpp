#include "suppression/redis_schema.h"

#include "suppression/digest.h"

#include <fmt/format.h>

namespace optout {
namespace {

constexpr std::size_t kMarkerFields = 3;  // version, shards, digest_keys
constexpr std::string_view kWithdrawn = "withdrawn:";

// Whether every word of `needed` is a word of `known`.
bool all_known(std::string_view needed, std::string_view known) {
  while (!needed.empty()) {
    const std::string_view word = needed.substr(0, needed.find(' '));
    needed.remove_prefix(std::min(needed.size(), word.size() + 1));
    if (fmt::format(" {} ", known).find(fmt::format(" {} ", word)) == std::string::npos)
      return false;
  }
  return true;
}

}  // namespace

RedisSchema::RedisSchema(std::string prefix, const MemberOptions& members)
    : prefix_(std::move(prefix)), marker_(prefix_ + "schema"), references_(prefix_ + "references") {
  for (const auto& [number, secret] : members.digest_keys) {
    if (!fingerprints_.empty()) fingerprints_ += ' ';
    fingerprints_ += digest_key_fingerprint(number, secret);
  }
}

std::string RedisSchema::set(const SetName& name) const {
  if (name.is_foreign()) return std::string(name.foreign_key());
  return key(name.tenant(), "set:", name.text());
}

std::string RedisSchema::entry(std::string_view member, std::string_view tenant) const {
  return key(tenant, "entry:", member);
}

std::string RedisSchema::events(std::string_view tenant) const {
  return key(tenant, "events", "");
}

std::string RedisSchema::lists(std::string_view tenant) const {
  return key(tenant, "lists", "");
}

std::string RedisSchema::confirmed(std::string_view member) const {
  return key({}, "confirmed:", member);
}

std::string RedisSchema::withdrawal_field(const SetName& name) {
  return fmt::format("{}{}", kWithdrawn, name.text());
}

std::optional<std::string_view> RedisSchema::withdrawn_set(std::string_view field) noexcept {
  if (!field.starts_with(kWithdrawn)) return std::nullopt;
  return field.substr(kWithdrawn.size());
}

std::string RedisSchema::key(std::string_view tenant, std::string_view kind,
                             std::string_view name) const {
  std::string text;
  text.reserve(prefix_.size() + tenant.size() + 1 + kind.size() + name.size());
  text.append(prefix_).append(tenant);
  if (!tenant.empty()) text += ':';
  return text.append(kind).append(name);
}

void RedisSchema::ask_for_marker(redis::Commands& commands) const {
  commands.add({"HMGET", marker_, "version", "shards", "digest_keys"});
}

std::optional<Error> RedisSchema::fault_of_marker(const redis::Reply& fields) const {
  if (fields.is_error()) {
    return Error{redis::fault_of(fields.text()),
                 fmt::format("HMGET {}: {}", marker_, fields.text())};
  }
  if (!fields.is_array() || fields.size() != kMarkerFields) {
    return Error{Fault::garbled, fmt::format("HMGET {}: a reply of the wrong shape", marker_)};
  }
  if (fields[0].is_nil()) {
    return Error{
        Fault::schema_missing,
        fmt::format("no {} here: an empty Redis, another database number, or not yet initialised "
                    "(run: optoutctl init)",
                    marker_)};
  }
  if (fields[0].text() != kVersion || (!fields[1].is_nil() && fields[1].text() != kShards)) {
    return Error{
        Fault::schema_foreign,
        fmt::format("{} says version {}, shards {}: this program knows version {}, shards {}",
                    marker_, fields[0].text(), fields[1].text(), kVersion, kShards)};
  }
  const std::string_view theirs = fields[2].text();
  if (theirs != fingerprints_ && !all_known(theirs, fingerprints_)) {
    return Error{Fault::schema_foreign,
                 fmt::format("{} names digest keys that addresses.digest_keys does not have: {}",
                             marker_, theirs)};
  }
  return std::nullopt;
}

std::optional<Error> RedisSchema::fault_of_writing_digests(const redis::Reply& fields) const {
  if (all_known(fingerprints_, fields[2].text())) return std::nullopt;
  return Error{Fault::schema_foreign,
               fmt::format("{} does not name all keys of addresses.digest_keys yet: reload every "
                           "daemon, then run optoutctl init",
                           marker_)};
}

}  // namespace optout
