#include "address/lookup_key.h"

#include "address/ascii.h"
#include "address/limits.h"
#include "address/local_part.h"
#include "address/plain_address.h"
#include "address/wrapping.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace optout {
namespace {

// What could not be understood is still looked up, never let through unasked (AD-15).
LookupKey raw(std::string_view mailbox) {
  return {KeyStatus::raw, ascii::lowered(mailbox)};
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
  const std::string canonical_domain = domain_key(domain);
  if (canonical_domain.empty()) return raw(mailbox);
  (*key += '@') += canonical_domain;
  if (key->size() > kLongestMailbox) return raw(mailbox);
  return {KeyStatus::ok, std::move(*key)};
}

}  // namespace

std::string_view LookupKey::domain() const noexcept {
  const std::size_t at = key.rfind('@');
  return at == std::string::npos ? std::string_view() : std::string_view(key).substr(at + 1);
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
