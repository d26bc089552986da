// The one canonical spelling of an address, used for lookups and for nothing else.
//
// Two spellings that reach the same mailbox must give the same key, or an opted-out person gets
// mail; two mailboxes must not share one, or wanted mail is lost. So: fold case without a locale,
// NFC, minimal quoting, no source route, domain as A-label (UTS 46 non-transitional); nothing else
// is interpreted, in particular no plus tag, no dots, no percent hack. On the wire an address stays
// as it was received (AD-01).
//
// Pure functions; any thread.

#pragma once

#include <string>
#include <string_view>

namespace optout {

enum class KeyStatus {
  ok,
  // Could not be normalised, but is still to be looked up: the key is the input in ASCII lower
  // case. Where IDNA refuses the domain, that alone is as it stands, without the dot of the root.
  raw,
  null_sender,  // "<>": never looked up; key "<>"
  postmaster,   // bare <Postmaster>, never suppressed; key "postmaster"
  invalid,      // no mailbox, or control characters: no key
};

struct LookupKey {
  KeyStatus status = KeyStatus::invalid;
  std::string key;

  // What stands behind the last '@' of the key: for matching whole domains ("@example.com"). Empty
  // if none.
  std::string_view domain() const noexcept;

  friend bool operator==(const LookupKey&, const LookupKey&) = default;
};

// `path` is what MAIL or RCPT gave (libmilter's argv[0], angle brackets or not), without ESMTP
// parameters. Never throws but for lack of memory; time and memory are linear in the length of
// `path`.
LookupKey lookup_key(std::string_view path);

// The key of a bare domain ("Bücher.Example." gives "xn--bcher-kva.example"), or an empty string
// where `domain` is none.
std::string domain_key(std::string_view domain);

// The key of everybody at a bare domain ("@example.com"), as it stands behind the local part in
// those of addresses: where IDNA refuses the domain, raw. Invalid where nobody can be mailed there.
LookupKey whole_domain_key(std::string_view domain);

// For a domain that has no key, as characters in it are newer than our ICU: the A-labels it has all
// the same ("xn--b39h.ws"), or an empty string. An extra spelling to look up; never stored.
std::string newer_domain_key(std::string_view domain);

// The key without its plus tag ("ann+news@example.com" gives "ann@example.com"), or an empty string
// where there is none to drop. An extra spelling to look up where the administrator asks for it;
// never stored.
std::string without_plus_tag(std::string_view key);

// `mailbox` without the comments and the white space around its words (RFC 5322 3.4.1: "ann (home)
// @ example.com" gives "ann@example.com"), or an empty string where they part a word in two or
// never end. Linear, without recursion.
std::string without_comments(std::string_view mailbox);

// Why `key` must not be added to a suppression set although it may be looked up: bidi controls,
// zero-width or other invisible characters, private use (AD-27). Empty if nothing is wrong.
std::string_view unfit_to_add(std::string_view key);

// Changes whenever the same input may give another key: rules of ours and the Unicode version below
// them, as "2/unicode-15.0". Kept with the set, so that a change is noticed (AD-17).
std::string address_rules_version();

}  // namespace optout
