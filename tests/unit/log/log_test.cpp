// Log lines: harmless whatever stands in them (AT-13), and as discreet as the administrator wants.

#include "log/log.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

struct AddressesShown {
  explicit AddressesShown(LogAddresses addresses) {
    log::open({.destination = LogDestination::stderr_, .addresses = addresses}, false);
  }
  ~AddressesShown() { log::show_addresses(LogAddresses::full); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(log_escaping)

BOOST_AUTO_TEST_CASE(plain_text_and_other_scripts_stay_as_they_are) {
  BOOST_TEST(log::escaped("ann+news@example.com, \"x\"") == "ann+news@example.com, \"x\"");
  BOOST_TEST(log::escaped("jörg@例え.テスト") == "jörg@例え.テスト");
}

BOOST_AUTO_TEST_CASE(AT_13_what_ends_a_line_or_moves_the_cursor_is_written_in_hex) {
  BOOST_TEST(log::escaped("a\r\nb") == "a\\x0d\\x0ab");
  BOOST_TEST(log::escaped("\x1b]0;title\x07") == "\\x1b]0;title\\x07");
  BOOST_TEST(log::escaped("\x7f") == "\\x7f");
  BOOST_TEST(log::escaped("\xc2\x9b") == "\\xc2\\x9b");           // C1 CSI
  BOOST_TEST(log::escaped("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");  // line separator
  BOOST_TEST(log::escaped(std::string_view("\0", 1)) == "\\x00");
}

BOOST_AUTO_TEST_CASE(AT_13_what_turns_the_reading_direction_is_written_in_hex) {
  BOOST_TEST(log::escaped("a\u202Eb") == "a\\xe2\\x80\\xaeb");
  BOOST_TEST(log::escaped("a\u2066b\u200Bc") == "a\\xe2\\x81\\xa6b\\xe2\\x80\\x8bc");
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_utf8_are_written_in_hex) {
  BOOST_TEST(log::escaped("j\xf6rg") == "j\\xf6rg");
  BOOST_TEST(log::escaped("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  BOOST_TEST(log::escaped("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  BOOST_TEST(log::escaped("\xe2\x82") == "\\xe2\\x82");                    // cut short
  BOOST_TEST(log::escaped("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
}

BOOST_AUTO_TEST_CASE(an_escape_sequence_cannot_be_faked) {
  BOOST_TEST(log::escaped("\\x0a") == "\\\\x0a");
}

BOOST_AUTO_TEST_CASE(AT_13_a_value_without_quotes_cannot_begin_another) {
  const AddressesShown shown(LogAddresses::full);
  BOOST_TEST(log::word("crm-2=x+y/z") == "crm-2=x+y/z");
  BOOST_TEST(log::word("jörg@例え.テスト") == "jörg@例え.テスト");
  BOOST_TEST(log::word("bob, action=reject, to=<ann@example.com>") ==
             "bob\\x2c\\x20action=reject\\x2c\\x20to=\\x3cann@example.com\\x3e");
  BOOST_TEST(log::word("\"x\\\n") == "\\x22x\\\\\\x0a");
  BOOST_TEST(log::word(std::string(10, ' '), 8) == "\\x20\\x20…");
}

BOOST_AUTO_TEST_CASE(AT_13_a_value_between_quotes_cannot_end_them) {
  const AddressesShown shown(LogAddresses::full);
  BOOST_TEST(log::discreet("550 no, \"ann\" is gone") == "550 no, \\x22ann\\x22 is gone");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_between_characters) {
  BOOST_TEST(log::escaped(std::string(10, 'a'), 8) == "aaaaaaaa…");
  BOOST_TEST(log::escaped("aaaaaaaö", 8) == "aaaaaaa…");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(log_addresses)

BOOST_AUTO_TEST_CASE(full_shows_the_address_in_one_pair_of_brackets) {
  const AddressesShown shown(LogAddresses::full);
  BOOST_TEST(log::address("<ann@example.com>") == "<ann@example.com>");
  BOOST_TEST(log::address("ann@example.com") == "<ann@example.com>");
  BOOST_TEST(log::address("<a\nb@example.com>") == "<a\\x0ab@example.com>");
  BOOST_TEST(log::address("<prvs=1a/o'neil{!}+x@example.com>") ==
             "<prvs=1a/o'neil{!}+x@example.com>");
}

BOOST_AUTO_TEST_CASE(AT_13_an_address_ends_at_its_bracket_and_holds_no_other_field) {
  const AddressesShown shown(LogAddresses::full);
  BOOST_TEST(log::address("<\"x>, to=<ann@example.com>, y\"@evil.example>") ==
             "<\\x22x\\x3e\\x2c\\x20to=\\x3cann@example.com\\x3e\\x2c\\x20y\\x22@evil.example>");
}

BOOST_AUTO_TEST_CASE(the_null_sender_is_shown_in_every_mode) {
  for (const auto mode : {LogAddresses::full, LogAddresses::digest, LogAddresses::none}) {
    const AddressesShown shown(mode);
    BOOST_TEST(log::address("<>") == "<>");
    BOOST_TEST(log::address("") == "<>");
  }
}

BOOST_AUTO_TEST_CASE(digest_tells_addresses_apart_and_names_none) {
  const AddressesShown shown(LogAddresses::digest);
  const std::string ann = log::address("<ann@example.com>");
  BOOST_TEST(ann == log::address("ann@example.com"));
  BOOST_TEST(ann != log::address("<bob@example.com>"));
  BOOST_TEST(ann.find("ann") == std::string::npos);
  BOOST_TEST(ann.size() == std::string("<#5f0c1a2b3c4d>").size());
}

BOOST_AUTO_TEST_CASE(none_shows_nothing_of_an_address) {
  const AddressesShown shown(LogAddresses::none);
  BOOST_TEST(log::address("<ann@example.com>") == "<->");
}

BOOST_AUTO_TEST_CASE(full_shows_text_as_it_is_but_for_what_is_escaped) {
  const AddressesShown shown(LogAddresses::full);
  BOOST_TEST(log::discreet("550 <ann@example.com>\n") == "550 <ann@example.com>\\x0a");
}

BOOST_AUTO_TEST_CASE(none_finds_addresses_wherever_they_stand_in_a_text) {
  const AddressesShown shown(LogAddresses::none);
  BOOST_TEST(log::discreet("auth:crm@example.com/news") == "auth:<->/news");
  BOOST_TEST(log::discreet("550 5.1.1 <ann+x@example.com>: unknown") == "550 5.1.1 <->: unknown");
  BOOST_TEST(log::discreet("\"a b@c\"@example.com gone") == "<-> gone");
  BOOST_TEST(log::discreet("\"x\" bob@a.example \"c\"@b.example") == "\\x22x\\x22 <-> <->");
  BOOST_TEST(log::discreet("ann@[IPv6:2001:db8::1], bob@x.example") == "<->, <->");
  BOOST_TEST(log::discreet("jörg@例え.テスト") == "<->");
  BOOST_TEST(log::discreet("a@b@c, @, x") == "<-><->, <->, x");
  BOOST_TEST(log::discreet("redis 10.0.0.5:6379: timed out") == "redis 10.0.0.5:6379: timed out");
}

BOOST_AUTO_TEST_CASE(none_finds_them_in_a_value_without_quotes_too) {
  const AddressesShown shown(LogAddresses::none);
  BOOST_TEST(log::word("auth:crm@example.com/news") == "auth:<->/news");
  BOOST_TEST(log::word("a, \"b c\"@x.example <d@y.example>") == "a\\x2c\\x20<->\\x20\\x3c-\\x3e");
  BOOST_TEST(log::word(std::string(10, 'x'), 8) == "xxxxxxxx…");
  BOOST_TEST(log::word("aaaaaaaö", 8) == "aaaaaaa…");
}

BOOST_AUTO_TEST_CASE(none_hides_the_local_part_of_whom_a_text_is_about) {
  const AddressesShown shown(LogAddresses::none);
  BOOST_TEST(log::discreet("550 no ann here, nor annie", 256, "ann@example.com") ==
             "550 no - here, nor annie");
}

BOOST_AUTO_TEST_CASE(digest_shows_the_same_fingerprint_in_text_and_alone) {
  const AddressesShown shown(LogAddresses::digest);
  BOOST_TEST(log::discreet("to ann@example.com") == "to " + log::address("<ann@example.com>"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
