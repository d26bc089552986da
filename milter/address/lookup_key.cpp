#include "address/lookup_key.h"

#include "address/ascii.h"
#include "address/limits.h"
#include "address/local_part.h"
#include "address/plain_address.h"
#include "address/wrapping.h"
#include "util/utf8.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace optout {
namespace {

// What could not be understood is still looked up, never let through unasked (AD-15).
LookupKey raw(std::string_view mailbox) {
  return {KeyStatus::raw, ascii::lowered(mailbox)};
}

// A domain that IDNA refuses, perhaps only because it is newer than this ICU: without the dot of
// the root, in ASCII lower case. Empty where it is none in any version.
std::string unknown_domain(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  const bool typable = std::all_of(domain.begin(), domain.end(), [](char c) {
    return !ascii::is_ascii(c) || ascii::host_name(c) != 0;
  });
  if (!typable || !is_utf8(domain) || domain.starts_with('.') || domain.ends_with('.') ||
      domain.find("..") != std::string_view::npos) {
    return {};
  }
  return ascii::lowered(domain);
}

LookupKey key_of_mailbox(std::string_view mailbox) {
  if (mailbox.empty()) return {};
  if (mailbox.front() == '@' && mailbox.rfind('@') == 0) return {};
  if (mailbox.size() > kLongestSpelling) return raw(mailbox);

  const std::optional<LocalPart> local = read_local_part(mailbox);
  if (!local || local->length == 0 || local->length == mailbox.size()) return raw(mailbox);
  if (mailbox[local->length] != '@') return raw(mailbox);
  const std::string_view domain = mailbox.substr(local->length + 1);
  if (domain.empty()) return {};

  std::optional<std::string> key = canonical_local_part(local->content);
  if (!key || key->size() > kLongestLocalPart) return raw(mailbox);
  std::string canonical_domain = domain_key(domain);
  const KeyStatus status = canonical_domain.empty() ? KeyStatus::raw : KeyStatus::ok;
  if (status == KeyStatus::raw) canonical_domain = unknown_domain(domain);
  if (canonical_domain.empty()) return raw(mailbox);
  (*key += '@') += canonical_domain;
  if (key->size() > kLongestMailbox) return raw(mailbox);
  return {status, std::move(*key)};
}

}  // namespace

std::string_view LookupKey::domain() const noexcept {
  const std::size_t at = key.rfind('@');
  return at == std::string::npos ? std::string_view() : std::string_view(key).substr(at + 1);
}

LookupKey whole_domain_key(std::string_view domain) {
  if (const std::string key = domain_key(domain); !key.empty()) return {KeyStatus::ok, "@" + key};
  const std::string key = unknown_domain(domain);
  if (key.empty() || key.size() > kLongestDomain) return {};
  return {KeyStatus::raw, "@" + key};
}

LookupKey lookup_key(std::string_view path) {
  LookupKey plain{KeyStatus::ok, {}};
  const std::string_view unbracketed = without_brackets(path);
  if (plain_key(unbracketed, plain.key)) return plain;

  if (std::any_of(path.begin(), path.end(), ascii::is_control)) return {};
  if (unbracketed.empty() && path.find('<') != std::string_view::npos) {
    return {KeyStatus::null_sender, "<>"};
  }
  const std::string_view mailbox = without_wrapping(unbracketed);
  constexpr std::string_view kPostmaster = "postmaster";
  if (mailbox.size() == kPostmaster.size() && ascii::starts_with(mailbox, kPostmaster)) {
    return {KeyStatus::postmaster, std::string(kPostmaster)};
  }
  return key_of_mailbox(mailbox);
}

}  // namespace optout
