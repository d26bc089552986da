// What key an address gets: one table per rule, named by its number in the list of requirements.

#include "spelled.h"
#include "turkish.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <thread>
#include <vector>

using namespace optout;

namespace {

struct Case {
  std::string path;
  std::string expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    BOOST_TEST_CONTEXT("path " << one.path) {
      BOOST_TEST(spelled(one.path) == one.expected);
    }
  }
}

const std::vector<Case> kCaseRules = {
    {"<INFO@ISTANBUL.EXAMPLE>", "ok info@istanbul.example"},
    {"<\"INFO\"@ISTANBUL.EXAMPLE>", "ok info@istanbul.example"},
    {"<IÑIGO@EXAMPLE.ORG>", "ok iñigo@example.org"},
    {"<ÅSA@BLÅBÄR.EXAMPLE>", "ok åsa@xn--blbr-noae.example"},
    {"<GROẞ@example.org>", "ok groß@example.org"},  // one code point for one
    {"<groß@example.org>", "ok groß@example.org"},
    {"<gross@example.org>", "ok gross@example.org"},
    {"<İZMİR@example.org>", "ok İzmİr@example.org"},  // has no simple folding
};

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

// AD-02, AD-03
BOOST_AUTO_TEST_CASE(case_is_folded_in_both_parts) {
  check(kCaseRules);
}

// AD-03
BOOST_AUTO_TEST_CASE(a_turkish_locale_changes_no_key) {
  const TurkishLocale turkish;
  if (turkish) check(kCaseRules);
}

// AD-04
BOOST_AUTO_TEST_CASE(local_parts_are_compared_in_nfc_and_not_nfkc) {
  check({
      {"<zoe\u0308@example.org>", "ok zoë@example.org"},
      {"<ZOE\u0308@example.org>", "ok zoë@example.org"},
      {"<\uFB01sh@example.org>", "ok \uFB01sh@example.org"},  // the ligature is not "fi"
      {"<x\u00B2@example.org>", "ok x\u00B2@example.org"},
      {"<\u212Bsa@example.org>", "ok åsa@example.org"},  // the Angstrom sign is a letter
  });
}

BOOST_AUTO_TEST_CASE(what_becomes_a_special_character_under_nfc_is_quoted) {
  check({
      {"<a\u037Eb@example.org>", "ok \"a;b\"@example.org"},
      {"<\"a;b\"@example.org>", "ok \"a;b\"@example.org"},
  });
}

// AD-05
BOOST_AUTO_TEST_CASE(quotes_stay_only_where_they_are_needed) {
  check({
      {"<\"eve\"@example.org>", "ok eve@example.org"},
      {"<\"\\e\\v\\e\"@example.org>", "ok eve@example.org"},
      {"<\"eve smith\"@example.org>", "ok \"eve smith\"@example.org"},
      {"<\"eve\".\"smith\"@example.org>", "ok eve.smith@example.org"},
      {"<eve.\"van der\".smith@example.org>", "ok \"eve.van der.smith\"@example.org"},
      {"<\"eve,smith\"@example.org>", "ok \"eve,smith\"@example.org"},
      {"<\"back\\\\slash\"@example.org>", "ok \"back\\\\slash\"@example.org"},
      {"<\"\\\"eve\\\"\"@example.org>", "ok \"\\\"eve\\\"\"@example.org"},
      {"<\"eve>\"@example.org>", "ok \"eve>\"@example.org"},
      {"<\" \"@example.org>", "ok \" \"@example.org"},
      {"<\"\"@example.org>", "ok \"\"@example.org"},
      {"<\"..\"@example.org>", "ok ..@example.org"},
  });
}

BOOST_AUTO_TEST_CASE(quotes_in_the_wrong_place_leave_a_raw_key) {
  check({
      {"<\"Eve@example.org>", "raw \"eve@example.org"},
      {"<eve\"x\"@example.org>", "raw eve\"x\"@example.org"},
      {"<\"x\"eve@example.org>", "raw \"x\"eve@example.org"},
      {"<\"x\"\"y\"@example.org>", "raw \"x\"\"y\"@example.org"},
      {"<e\\ve@example.org>", "raw e\\ve@example.org"},
      {"\"eve\\", "raw \"eve\\"},
      {"<eve smith@example.org>", "raw eve smith@example.org"},
      {"<eve(work)@example.org>", "raw eve(work)@example.org"},
  });
}

// AD-06
BOOST_AUTO_TEST_CASE(brackets_and_source_routes_are_dropped) {
  check({
      {"<@a.example:eve@example.org>", "ok eve@example.org"},
      {"<@a.example,@b.example:eve@example.org>", "ok eve@example.org"},
      {"@a.example:EVE@example.org", "ok eve@example.org"},
      {"<@[IPv6:2001:db8::7]:eve@example.org>", "ok eve@example.org"},
      {"<@a.example:\"eve:x\"@example.org>", "ok \"eve:x\"@example.org"},
      {"<@a.example:@b.example:eve@example.org>", "ok eve@example.org"},
      {"<@a.example:Eve>", "raw eve"},
      {"<<eve@example.org>>", "ok eve@example.org"},
      {"  <  eve@example.org >  ", "ok eve@example.org"},
      {"<eve@example.org", "raw <eve@example.org"},
      {"eve@example.org>", "raw eve@example.org>"},
  });
}

// AD-07
BOOST_AUTO_TEST_CASE(the_null_sender_and_the_bare_postmaster_are_no_addresses) {
  check({
      {"<>", "null_sender <>"},
      {"< >", "null_sender <>"},
      {"<postMASTER>", "postmaster postmaster"},
      {"Postmaster", "postmaster postmaster"},
      {"<postmaster@example.org>", "ok postmaster@example.org"},
      {"<postmaster1>", "raw postmaster1"},
      {"<Abuse>", "raw abuse"},
  });
}

// AD-08
BOOST_AUTO_TEST_CASE(the_domain_begins_at_the_last_at_sign_outside_quotes) {
  check({
      {"<\"eve@home\"@example.org>", "ok \"eve@home\"@example.org"},
      {"<eve@home@example.org>", "raw eve@home@example.org"},
      {"<eve@\"example.org\">", "raw eve@\"example.org\""},
      {"<@@example.org>", "raw @@example.org"},
      {"<eve@example@>", "raw eve@example@"},
  });
}

BOOST_AUTO_TEST_CASE(without_a_mailbox_there_is_no_key) {
  check({
      {"", "invalid"},
      {"   ", "invalid"},
      {"@", "invalid"},
      {"<@>", "invalid"},
      {"<@example.org>", "invalid"},
      {"<@a.example:>", "invalid"},
      {"<eve@>", "invalid"},
      {"<\"eve\"@>", "invalid"},
  });
}

BOOST_AUTO_TEST_CASE(control_characters_leave_no_key_wherever_they_stand) {
  for (int c = 0; c <= 0x7f; ++c) {
    if (c >= 0x20 && c != 0x7f) continue;
    const std::string octet(1, static_cast<char>(c));
    for (const std::string& path :
         {"<e" + octet + "ve@example.org>", "<eve@exam" + octet + "ple.org>",
          "<\"e\\" + octet + "ve\"@example.org>", octet + "<eve@example.org>",
          "<eve@example.org>" + octet, "<@a" + octet + ":eve@example.org>"}) {
      BOOST_TEST(spelled(path) == "invalid", "octet " << c);
    }
  }
}

// AD-09
BOOST_AUTO_TEST_CASE(nothing_in_the_local_part_is_interpreted) {
  for (const std::string local :
       {"eve+shop", "e.v.e", "eve%example.net", "example.net!eve", "prvs=1234abcd=eve",
        "srs0=a=b=example.net=eve", "eve--x", "+", "=?x?="}) {
    BOOST_TEST(spelled("<" + local + "@example.org>") == "ok " + local + "@example.org");
  }
}

// AD-20
BOOST_AUTO_TEST_CASE(what_is_too_long_is_looked_up_raw_and_never_cut) {
  const std::string l64(64, 'l'), l65(65, 'l');
  check({
      {"<" + l64 + "@example.org>", "ok " + l64 + "@example.org"},
      {"<" + l65 + "@example.org>", "raw " + l65 + "@example.org"},
      {"<\"" + l64 + "\"@example.org>", "ok " + l64 + "@example.org"},
      {"<" + l65 + "@EXAMPLE.org.>", "raw " + l65 + "@example.org."},
  });
  const std::string d189 = std::string(184, 'd') + ".test", d190 = std::string(185, 'd') + ".test";
  BOOST_TEST(spelled(l64 + "@" + d189) == "ok " + l64 + "@" + d189);  // 254 octets
  BOOST_TEST(spelled(l64 + "@" + d190) == "raw " + l64 + "@" + d190);
  const std::string endless(1'000'000, 'X');
  BOOST_TEST(lookup_key(endless + "@example.org").key.size() == endless.size() + 12);
}

// Sorting combining marks takes time by the square of their number: without a bound this would not
// end.
BOOST_AUTO_TEST_CASE(a_million_combining_marks_are_looked_up_raw) {
  std::string marks;
  for (int i = 0; i < 500'000; ++i)
    marks += "\u0301\u0323";
  BOOST_TEST(spelled("<e" + marks + "@example.org>").starts_with("raw e"));
  BOOST_TEST(domain_key("e" + marks + ".example") == "");
}

// AD-25
BOOST_AUTO_TEST_CASE(dots_in_odd_places_of_the_local_part_are_kept) {
  check({
      {"<eve..x@example.org>", "ok eve..x@example.org"},
      {"<.eve@example.org>", "ok .eve@example.org"},
      {"<\"eve.\"@example.org>", "ok eve.@example.org"},
      {"<.@example.org>", "ok .@example.org"},
  });
}

// AD-15, AD-21
BOOST_AUTO_TEST_CASE(what_is_no_utf8_is_looked_up_by_its_octets) {
  check({
      {"<Ren\xE9@example.org>", "raw ren\xE9@example.org"},
      {"<\xC0\xAF@example.org>", "raw \xC0\xAF@example.org"},          // overlong
      {"<\xED\xA0\x80@example.org>", "raw \xED\xA0\x80@example.org"},  // surrogate
      {"<eve@caf\xE9.example>", "raw eve@caf\xE9.example"},
      {"<eve@\xF5.example>", "raw eve@\xF5.example"},
  });
}

BOOST_AUTO_TEST_CASE(the_domain_of_a_key_stands_behind_its_last_at_sign) {
  BOOST_TEST(lookup_key("<Eve@Example.ORG>").domain() == "example.org");
  BOOST_TEST(lookup_key("<\"a@b\"@example.org>").domain() == "example.org");
  BOOST_TEST(lookup_key("<eve@home@Example.org>").domain() == "example.org");
  BOOST_TEST(lookup_key("<Ren\xE9@Example.org>").domain() == "example.org");
  BOOST_TEST(lookup_key("<eve>").domain() == "");
  BOOST_TEST(lookup_key("<>").domain() == "");
  BOOST_TEST(lookup_key("<postmaster>").domain() == "");
  BOOST_TEST(lookup_key("").domain() == "");
}

BOOST_AUTO_TEST_CASE(many_threads_may_ask_at_once) {
  std::vector<std::string> found(8);
  std::vector<std::thread> threads;
  threads.reserve(found.size());
  for (std::string& key : found) {
    threads.emplace_back([&key] { key = spelled("<ZOË@BÜCHER.example>"); });
  }
  for (std::thread& thread : threads)
    thread.join();
  for (const std::string& key : found)
    BOOST_TEST(key == "ok zoë@xn--bcher-kva.example");
}

BOOST_AUTO_TEST_SUITE_END()
