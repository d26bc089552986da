// Evidence as it stands in Redis: readable, and the same when read back.

#include "suppression/evidence_record.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_SUITE(evidence_records)

BOOST_AUTO_TEST_CASE(a_record_can_be_read_by_people) {
  Evidence evidence;
  evidence.since = *parse_instant("2026-03-02T10:00:00Z");
  evidence.source = Source::admin;
  evidence.by = "root";
  evidence.reason = "asked by phone, 100%";
  BOOST_TEST(encode_evidence(evidence) ==
             "since=2026-03-02T10:00:00Z source=admin by=root reason=asked%20by%20phone,%20100%25");
}

BOOST_AUTO_TEST_CASE(whatever_stands_in_it_comes_back) {
  Evidence evidence;
  evidence.since = *parse_instant("2026-03-02T10:00:00Z");
  evidence.source = Source::one_click;
  evidence.reason = "two lines\r\nset=global expires=never \"quoted\" % =";
  evidence.message_id = "<x=y@example.com>";
  evidence.list = "news.example.com";
  evidence.by = "jörg";
  evidence.from = "\"ann smith\"@example.com";
  evidence.token_key = 63;
  evidence.expires = *parse_instant("2027-01-01");
  const auto back = decode_evidence(encode_evidence(evidence));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((*back == evidence));
}

// The request is mail from outside, and its evidence must not fill Redis (LG-16, AT-18).
BOOST_AUTO_TEST_CASE(every_text_is_bounded_when_it_is_written) {
  const std::string endless(1 << 20, '\xFF');
  Evidence evidence;
  evidence.message_id = evidence.from = evidence.list = evidence.reason = evidence.by = endless;
  BOOST_TEST(encode_evidence(evidence).size() < 16'000u);
  const auto back = decode_evidence(encode_evidence(evidence));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->from.size() == 1000u);
  BOOST_TEST(encode_withdrawal({.since = {}, .by = endless, .reason = endless}).size() < 7'000u);
}

BOOST_AUTO_TEST_CASE(a_key_number_that_is_none_is_no_key) {
  BOOST_TEST(decode_evidence("since=2026-03-02 token_key=7")->token_key == 7u);
  for (const std::string_view number : {"", "x", "7x", "-1", "99999999999999"}) {
    const auto back = decode_evidence("since=2026-03-02 token_key=" + std::string(number));
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST(back->token_key == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_withdrawal_comes_back) {
  const Withdrawal withdrawal{.since = *parse_instant("2026-11-20T10:00:00Z"),
                              .by = "root",
                              .reason = "asked to come back"};
  BOOST_TEST(encode_withdrawal(withdrawal) ==
             "since=2026-11-20T10:00:00Z by=root reason=asked%20to%20come%20back");
  const auto back = decode_withdrawal(encode_withdrawal(withdrawal));
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((*back == withdrawal));
  BOOST_TEST(!decode_withdrawal("").has_value());
  BOOST_TEST(!decode_withdrawal("since=lately").has_value());
}

BOOST_AUTO_TEST_CASE(unknown_words_are_left_to_newer_versions) {
  const auto back = decode_evidence("since=2026-03-02 colour=blue source=reply loose");
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST((back->source == Source::reply));
}

BOOST_AUTO_TEST_CASE(what_is_no_record_is_no_evidence) {
  BOOST_TEST(!decode_evidence("").has_value());
  BOOST_TEST(!decode_evidence("source=admin").has_value());
  BOOST_TEST(!decode_evidence("since=yesterday").has_value());
}

BOOST_AUTO_TEST_CASE(an_expiry_that_cannot_be_read_never_makes_a_listing_expire) {
  BOOST_TEST(!decode_evidence("since=2026-03-02 expires=soon").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
