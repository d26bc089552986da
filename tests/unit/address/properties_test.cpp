// What holds for every input, shown on random ones. RC_PARAMS="max_success=100000" searches harder.

#include "address/lookup_key.h"
#include "invariants.h"
#include "spelled.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>
#include <utility>
#include <vector>

using namespace optout;

namespace {

rc::Gen<std::string> any_octets() {
  return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

rc::Gen<std::string> joined(rc::Gen<std::string> part) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(std::move(part)),
                      [](const std::vector<std::string>& parts) {
                        std::string whole;
                        for (const std::string& one : parts)
                          whole += one;
                        return whole;
                      });
}

// Text out of the pieces that rules are about: far more likely than random octets to meet two at
// once.
rc::Gen<std::string> address_like() {
  return joined(rc::gen::element<std::string>(
      "a", "B", "I", "eve", "1", "+", "-", ".", ".", "@", "@", "\"", "\"", "\\", " ", "<", ">", ":",
      ",", ";", "[", "]", "(", "_", "example.org", "xn--", "xn--bcher-kva", "IPv6:", "::1",
      "192.0.2.1", "postmaster", "\u00E9", "\u00C9", "E\u0301", "\u0308", "\u0345", "\u00DF",
      "\u1E9E", "\u0130", "\u212A", "\u03A3", "\u03C2", "\u037E", "\u200B", "\u200D", "\u00AD",
      "\u3002", "\uFF0E", "\uFF20", "\u2474", "\uFFFD", "\u1F88", "\u0390", "\uFB2C", "\u05D0",
      "\u0915\u094D", "\U0001F4EC", "\U0001D160", "\xC3", "\xFF"));
}

rc::Gen<std::string> word(std::string letters) {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::move(letters))));
}

const std::string kLettersAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";

// A key by construction: a local part of at most 20 octets, and a domain of two labels.
struct Mailbox {
  std::string local;
  std::string domain;
};

Mailbox any_mailbox(const std::string& local_letters) {
  Mailbox mailbox;
  mailbox.local = (*word(local_letters)).substr(0, 20);
  mailbox.domain =
      (*word(kLettersAndDigits)).substr(0, 20) + "." + (*word(kLettersAndDigits)).substr(0, 20);
  return mailbox;
}

std::string any_case(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z' && *rc::gen::arbitrary<bool>()) c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// One of the many ways to write the same mailbox.
std::string any_spelling(const Mailbox& mailbox, bool must_quote) {
  std::string local;
  const bool quote = must_quote || *rc::gen::arbitrary<bool>();
  for (const char c : any_case(mailbox.local)) {
    if (quote && (c == '"' || c == '\\' || *rc::gen::arbitrary<bool>())) local += '\\';
    local += c;
  }
  if (quote) local = "\"" + local + "\"";
  std::string path = local + "@" + any_case(mailbox.domain);
  if (*rc::gen::arbitrary<bool>()) path += ".";
  if (*rc::gen::arbitrary<bool>()) path = "@relay.example,@[192.0.2.1]:" + path;
  if (*rc::gen::arbitrary<bool>()) path = "<" + path + ">";
  if (*rc::gen::arbitrary<bool>()) path = " " + path;
  return path;
}

void assert_invariants(const std::string& path) {
  if (const std::string broken = broken_invariant(path); !broken.empty()) RC_FAIL(broken);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(all_invariants_hold_for_any_octets) {
  BOOST_TEST(rc::check("any octets", [] { assert_invariants(*any_octets()); }));
  BOOST_TEST(rc::check("any octets at a domain", [] {
    assert_invariants(*any_octets() + "@example.org");
    assert_invariants("eve@" + *any_octets());
  }));
}

BOOST_AUTO_TEST_CASE(all_invariants_hold_for_what_looks_like_an_address) {
  BOOST_TEST(rc::check("address-like", [] { assert_invariants(*address_like()); }));
  BOOST_TEST(rc::check("quoted, at a domain",
                       [] { assert_invariants("<\"" + *address_like() + "\"@example.org>"); }));
  BOOST_TEST(rc::check("local part, domain", [] {
    assert_invariants("<" + *address_like() + "@" + *address_like() + ">");
  }));
}

// AD-02, AD-05, AD-06, AD-12, AD-19
BOOST_AUTO_TEST_CASE(all_spellings_of_a_mailbox_have_one_key) {
  BOOST_TEST(rc::check("unquoted", [] {
    const Mailbox mailbox = any_mailbox(kLettersAndDigits + ".!#$%&'*+-/=?^_`{|}~");
    const std::string path = any_spelling(mailbox, false);
    RC_ASSERT(spelled(path) == "ok " + mailbox.local + "@" + mailbox.domain);
  }));
  BOOST_TEST(rc::check("quoted", [] {
    const Mailbox mailbox = any_mailbox(kLettersAndDigits + " ()<>[]:;@\\,\".");
    RC_ASSERT(spelled(any_spelling(mailbox, true)) == spelled(any_spelling(mailbox, true)));
    RC_ASSERT(lookup_key(any_spelling(mailbox, true)).status == KeyStatus::ok);
  }));
}

BOOST_AUTO_TEST_CASE(two_mailboxes_that_differ_in_a_letter_never_share_a_key) {
  BOOST_TEST(rc::check("one letter", [] {
    Mailbox mailbox = any_mailbox(kLettersAndDigits + "+._- ");
    const std::string before = spelled(any_spelling(mailbox, true));
    std::string& part = *rc::gen::arbitrary<bool>() ? mailbox.local : mailbox.domain;
    char& letter = part[*rc::gen::inRange<std::size_t>(0, part.size())];
    RC_PRE(letter != '.');
    letter = *rc::gen::suchThat(rc::gen::elementOf(kLettersAndDigits),
                                [&](char c) { return c != letter; });
    RC_ASSERT(spelled(any_spelling(mailbox, true)) != before);
  }));
}

// AD-03, AD-04: every character that folding or NFC may touch, alone and before combining marks,
// where doing it twice would show
BOOST_AUTO_TEST_CASE(every_character_that_changes_has_a_stable_key) {
  int seen = 0;
  for (UChar32 c = 0x80; c <= 0x10FFFF; ++c) {
    if (u_foldCase(c, U_FOLD_CASE_DEFAULT) == c && u_hasBinaryProperty(c, UCHAR_NFC_INERT))
      continue;
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    ++seen;
    std::string local = "x";
    icu::UnicodeString(c).toUTF8String(local);
    for (const std::string mark : {"", "\u0301", "\u0308\u0301", "\u0345\u0313"}) {
      std::string path = local;
      (path += mark) += "@example.org";
      const std::string broken = broken_invariant(path);
      if (!broken.empty()) BOOST_ERROR(broken);
    }
  }
  BOOST_TEST(seen > 2000);
}

BOOST_AUTO_TEST_SUITE_END()
