#include "optoutctl/subject.h"

#include "suppression/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace optout {
namespace {

// "@example.com"; not the source route "@relay.example:ann@example.com", which is an address.
bool looks_like_a_domain(std::string_view typed) {
  return typed.starts_with('@') && typed.find_first_of("@:,", 1) == std::string_view::npos;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string why_nobody(const Subject& subject) {
  switch (subject.key.status) {
    case KeyStatus::ok:
    case KeyStatus::raw:
      return {};
    case KeyStatus::null_sender:
      return "the null sender is no recipient";
    case KeyStatus::postmaster:
      return "postmaster without a domain is never suppressed";
    case KeyStatus::invalid:
      break;
  }
  if (has_control(subject.typed)) return "control characters";
  return looks_like_a_domain(subject.typed) ? "not a domain" : "not an address";
}

// Whether this is more than a malformed address: a line of a table ("ann@example.com;Ann"), what
// stands in a header ("Ann <ann@example.com>"), or an address in quotes.
bool looks_like_a_line(std::string_view typed) {
  if (typed.starts_with('<') && typed.ends_with('>')) typed = typed.substr(1, typed.size() - 2);
  if (typed.ends_with('"')) return true;
  bool quoted = false;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i] == '"') {
      quoted = !quoted;
    } else if (quoted && typed[i] == '\\') {
      ++i;
    } else if (!quoted && std::string_view("<>;,").find(typed[i]) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace

Subject subject_of(const Input& input) {
  Subject subject;
  subject.typed = input.text;
  if (input.too_long) {
    subject.wrong = fmt::format("longer than {} bytes", Inputs::kLongestLine);
    return subject;
  }
  subject.key = looks_like_a_domain(input.text)
                    ? whole_domain_key(std::string_view(input.text).substr(1))
                    : lookup_key(input.text);
  subject.wrong = why_nobody(subject);
  return subject;
}

std::string unfit(const Subject& subject, Reviewed reviewed) {
  if (!subject.wrong.empty()) return subject.wrong;
  if (subject.key.status == KeyStatus::raw) {
    if (subject.typed.find('@') == std::string::npos) return "not a whole address: no @domain";
    if (looks_like_a_line(subject.typed)) return "one bare address a line: cut the column out";
    if (reviewed == Reviewed::no)
      return subject.whole_domain() ? "not a well-formed domain" : "not a well-formed address";
  }
  if (subject.key.key.starts_with("*@")) {
    return fmt::format("* stands for itself here: everybody at a domain is {}",
                       subject.key.key.substr(1));
  }
  return std::string(unfit_to_add(subject.key.key));
}

std::vector<std::string> own_members(std::string_view key, const MemberOptions& options) {
  std::vector<std::string> members{std::string(key)};
  for (const auto& [number, secret] : options.digest_keys) {
    members.push_back(digest_member(number, secret, key));
  }
  return members;
}

std::string how_matched(std::string_view member, const Subject& subject,
                        const MemberOptions& options) {
  const std::string& key = subject.key.key;
  const std::string base = without_plus_tag(key);
  const std::string domain = fmt::format("@{}", subject.key.domain());
  const std::pair<std::string_view, std::string_view> candidates[] = {
      {subject.whole_domain() ? "domain" : "address", key}, {"base", base}, {"domain", domain}};
  for (const auto& [how, candidate] : candidates) {
    if (candidate.empty()) continue;
    if (member == candidate) return std::string(how);
    const std::vector<std::string> own = own_members(candidate, options);
    if (std::find(own.begin(), own.end(), member) != own.end())
      return fmt::format("{}_digest", how);
  }
  return "other";
}

}  // namespace optout
