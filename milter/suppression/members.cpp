#include "suppression/members.h"

#include "suppression/digest.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

void add_once(std::vector<std::string>& members, std::string member) {
  if (member.empty() || std::find(members.begin(), members.end(), member) != members.end()) return;
  members.push_back(std::move(member));
}

bool names_a_mailbox(const LookupKey& address) {
  return address.status == KeyStatus::ok || address.status == KeyStatus::raw;
}

// Angle brackets and case never make another recipient of the same address.
bool spelled_alike(std::string_view rcpt_addr, std::string_view key) {
  return rcpt_addr.empty() || rcpt_addr == key;
}

void add_key_of(std::vector<std::string>& members, std::string_view address) {
  if (LookupKey other = lookup_key(address); names_a_mailbox(other))
    add_once(members, std::move(other.key));
}

// A capital sharp s in a domain is "ss" up to Unicode 15.0 and "ß" since: an opt-out may have been
// recorded under the other one (AD-17).
void add_other_readings(std::vector<std::string>& members, std::string_view address) {
  constexpr std::string_view kCapitalSharpS = "\u1E9E";
  const std::size_t domain = address.rfind('@');
  if (domain == std::string_view::npos) return;
  std::size_t next = address.find(kCapitalSharpS, domain);
  if (next == std::string_view::npos) return;
  for (const std::string_view reading : {"ss", "\u00DF"}) {
    std::string read;
    std::size_t at = 0;
    for (std::size_t found = next; found != std::string_view::npos;
         found = address.find(kCapitalSharpS, at)) {
      read += address.substr(at, found - at);
      read += reading;
      at = found + kCapitalSharpS.size();
    }
    add_key_of(members, read += address.substr(at));
  }
}

}  // namespace

Spellings spellings(const LookupKey& recipient, std::string_view rcpt_addr,
                    const MemberOptions& options) {
  Spellings found;
  auto& members = found.members;
  if (!names_a_mailbox(recipient)) return found;

  members.push_back(recipient.key);
  if (!spelled_alike(rcpt_addr, recipient.key)) {
    add_key_of(members, rcpt_addr);
    add_other_readings(members, rcpt_addr);
  }
  if (recipient.status == KeyStatus::raw) {
    add_key_of(members, without_comments(recipient.key));
    if (const std::string domain = newer_domain_key(recipient.domain()); !domain.empty()) {
      const std::size_t local = recipient.key.size() - recipient.domain().size();
      add_once(members, recipient.key.substr(0, local) + domain);
    }
  }
  const std::size_t addresses = members.size();
  if (options.plus_tags == MemberOptions::PlusTags::also_base) {
    for (std::size_t i = 0; i < addresses; ++i)
      add_once(members, without_plus_tag(members[i]));
  }
  for (std::size_t i = 0; i < addresses; ++i) {
    const auto at = members[i].rfind('@');
    if (at == std::string::npos || at + 1 == members[i].size()) continue;
    add_once(members, members[i].substr(at));
    // The domain of an address that could not be normalised may well be one that can.
    if (recipient.status != KeyStatus::raw) continue;
    if (std::string domain = domain_key(std::string_view(members[i]).substr(at + 1));
        !domain.empty()) {
      add_once(members, fmt::format("@{}", domain));
    }
  }
  const std::size_t plain = members.size();
  for (const auto& [number, secret] : options.digest_keys) {
    for (std::size_t i = 0; i < plain; ++i)
      members.push_back(digest_member(number, secret, members[i]));
  }
  return found;
}

std::string member_to_write(std::string_view member, const MemberOptions& options) {
  if (options.store == MemberOptions::Store::plain || options.digest_keys.empty())
    return std::string(member);
  const auto& [number, secret] = *options.digest_keys.rbegin();
  return digest_member(number, secret, member);
}

}  // namespace optout
