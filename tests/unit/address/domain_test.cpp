// Domains: IDNA, address literals, and what is neither.

#include "address/lookup_key.h"
#include "spelled.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace optout;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

void check(const Pairs& pairs) {
  for (const auto& [domain, expected] : pairs) {
    BOOST_TEST_CONTEXT("domain " << domain) {
      BOOST_TEST(domain_key(domain) == expected);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(domains)

// AD-12, AD-13
BOOST_AUTO_TEST_CASE(an_a_label_and_its_u_label_are_one_domain) {
  check({
      {"Bücher.Example.", "xn--bcher-kva.example"},
      {"BU\u0308CHER.example", "xn--bcher-kva.example"},
      {"Xn--BCHER-kva.example", "xn--bcher-kva.example"},
      {"mail.xn--bcher-kva.example", "mail.xn--bcher-kva.example"},
      {"straße.example", "xn--strae-oqa.example"},  // not strasse: non-transitional
      {"ｗｗｗ．example．org", "www.example.org"},
      {"bücher。example。", "xn--bcher-kva.example"},
      {"exa\u2060mple.org", "example.org"},  // DNS would see example.org
      {"\U0001F4EC.example", "xn--iu8h.example"},
  });
}

// AD-14
BOOST_AUTO_TEST_CASE(plain_ascii_names_are_not_judged) {
  check({
      {"A--B.Example", "a--b.example"},
      {"-a-.example", "-a-.example"},
      {"_spf.EXAMPLE.org", "_spf.example.org"},
      {"10.0.0.1", "10.0.0.1"},
      {"intranet", "intranet"},
      {"axn--b.example", "axn--b.example"},
      {std::string(70, 'a') + ".example", std::string(70, 'a') + ".example"},
  });
}

BOOST_AUTO_TEST_CASE(hyphens_and_underscores_are_allowed_beside_an_a_label) {
  check({
      {"_dmarc.bücher.example", "_dmarc.xn--bcher-kva.example"},
      {"r3---sn.xn--bcher-kva.example", "r3---sn.xn--bcher-kva.example"},
  });
}

// AD-19
BOOST_AUTO_TEST_CASE(one_dot_at_the_end_is_the_root_and_two_are_wrong) {
  check({
      {"example.org.", "example.org"},
      {"example.org..", ""},
      {"bücher.example..", ""},
      {"example.org.\u3002", ""},
      {".", ""},
      {".example.org", ""},
      {"example..org", ""},
  });
}

// AD-16, AD-18
BOOST_AUTO_TEST_CASE(what_idna_refuses_or_wrongly_lets_through_is_no_domain) {
  check({
      {"xn--a.example", ""},
      {"xn--bücher.example", ""},
      {"exa mple.org", ""},
      {"exämple org", ""},
      {"bü[cher].example", ""},
      {"a\uFF20bücher.example", ""},  // a wide '@'
      {"\u2474.example", ""},         // maps to "(1)"
      {"a\u2100.example", ""},        // maps to "a/c"
      {"\u00AD", ""},                 // maps to nothing
      {"\uFFFD.example", ""},
      {"a=\u0338.example", ""},                       // composes to a sign that IDNA allows
      {"ä" + std::string(60, 'a') + ".example", ""},  // its A-label is longer than DNS allows
      {"caf\xE9.example", ""},
      {"", ""},
      {"@example.org", ""},
      {"example.org;x", ""},
  });
}

// AD-15: refused by IDNA, the address is looked up as it stands
BOOST_AUTO_TEST_CASE(an_address_at_no_domain_has_a_raw_key) {
  BOOST_TEST(spelled("<Eve@xn--a.Example>") == "raw eve@xn--a.example");
  BOOST_TEST(spelled("<Eve@exa mple.org>") == "raw eve@exa mple.org");
  BOOST_TEST(spelled("<Eve@a\uFF20b.example>") == "raw eve@a\uFF20b.example");
  BOOST_TEST(spelled("<Eve@[300.0.0.1]>") == "raw eve@[300.0.0.1]");
  BOOST_TEST(spelled("<Eve@example.org..>") == "raw eve@example.org..");
  BOOST_TEST(spelled("<Eve@example..org>") == "raw eve@example..org");
  BOOST_TEST(spelled("<Eve@.example.org>") == "raw eve@.example.org");
}

// AD-05, AD-12, AD-15, AD-19: the domain may be newer than our ICU, and get mail
BOOST_AUTO_TEST_CASE(of_an_address_at_a_domain_that_idna_refuses_all_else_is_normalised) {
  for (const std::string_view path :
       {"<eve@xn--a.example>", "<\"eve\"@xn--a.example>", "<\"E\\ve\"@XN--A.Example.>",
        "<@relay.example:EVE@xn--a.example.>"}) {
    BOOST_TEST(spelled(path) == "raw eve@xn--a.example", path);
  }
  BOOST_TEST(spelled("<\"Eve Smith\"@xn--a.example.>") == "raw \"eve smith\"@xn--a.example");
  BOOST_TEST(spelled("<\"Eve\"@\uE000.Example.>") == "raw eve@\uE000.example");  // never a letter
  BOOST_TEST(spelled("<\"Eve\"@caf\xE9.example>") == "raw \"eve\"@caf\xE9.example");
  BOOST_TEST(spelled("<\"Eve\"@exa mple.org>") == "raw \"eve\"@exa mple.org");
}

// AD-12
BOOST_AUTO_TEST_CASE(characters_newer_than_our_icu_have_a_labels_all_the_same) {
  BOOST_TEST(newer_domain_key("\U0001FAE9.WS") == "xn--b39h.ws");
  for (const std::string_view known :
       {"\U0001F4EC.example", "a.\U0001FAE0.ws", "b\u00FCcher.example"})
    BOOST_TEST(newer_domain_key(known) == domain_key(known), known);
  for (const std::string& none :
       {std::string(), std::string("xn--a.example"), std::string("\uE000.example"),
        std::string("\uFFFD.example"), std::string("a\uFF20b.example"),
        std::string("\u2474.example"), std::string("caf\xE9.example"),
        std::string(300, 'a') + "\u00E4", std::string(1'000'000, '\xE4')})
    BOOST_TEST(newer_domain_key(none) == "", none.substr(0, 20));
}

// AD-20
BOOST_AUTO_TEST_CASE(a_domain_too_long_for_dns_is_none) {
  BOOST_TEST(domain_key(std::string(255, 'a')).size() == 255u);
  BOOST_TEST(domain_key(std::string(256, 'a')) == "");
  std::string spaced = "ä";
  for (int i = 0; i < 500; ++i)
    spaced += "\u200B";
  BOOST_TEST(domain_key(spaced + ".example") == "xn--4ca.example");  // long only in its spelling
  std::string wide;
  for (int i = 0; i < 200'000; ++i)
    wide += "ä";
  BOOST_TEST(domain_key(wide) == "");
}

// AD-22
BOOST_AUTO_TEST_CASE(address_literals_have_one_spelling) {
  check({
      {"[198.51.100.7]", "[198.51.100.7]"},
      {"[010.001.000.09]", "[10.1.0.9]"},  // decimal
      {"[ipV6:2001:DB8:0:0:0:0:0:AB]", "[IPv6:2001:db8::ab]"},
      {"[IPv6:2001:db8:0:1:1:1:1:1]", "[IPv6:2001:db8:0:1:1:1:1:1]"},
      {"[IPv6:2001:0:0:1:0:0:0:1]", "[IPv6:2001:0:0:1::1]"},
      {"[IPv6:::FFFF:192.0.2.1]", "[IPv6:::ffff:192.0.2.1]"},
      {"[Tag-1:Some.Thing]", "[tag-1:some.thing]"},
  });
}

BOOST_AUTO_TEST_CASE(broken_literals_are_no_domains) {
  check({
      {"[]", ""},
      {"[", ""},
      {"[192.0.2]", ""},
      {"[192.0.2.1.1]", ""},
      {"[192.0.2.256]", ""},
      {"[192.0.2.0001]", ""},
      {"[192.0.2.-1]", ""},
      {"[192.0.2.1 ]", ""},
      {"[192.0.2.1].", ""},
      {"[IPv6:2001:db8:::1]", ""},
      {"[IPv6:fe80::1%lo]", ""},
      {"[IPv6:192.0.2.1]", ""},
      {"[:x]", ""},
      {"[tag:]", ""},
      {"[t[ag:x]", ""},
      {"[ü:x]", ""},
  });
}

BOOST_AUTO_TEST_SUITE_END()
