// Why a message is not for a stream; and that the selector is of the same opinion.

#include "policy/why_not.h"

#include "policy/comparable.h"
#include "policy/stream_selector.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace optout {
namespace {

std::string reason(const Conditions& when, const Envelope& envelope = {},
                   const std::vector<HeaderField>& header = {}) {
  const auto unmet = why_not(when, envelope, header);
  return unmet ? to_string(*unmet) : "";
}

IpNetwork network(const char* text) {
  return *parse_ip_network(text);
}

// Few words, so that they often meet.
const std::vector<std::string> kWords{"a", "b", "ab", "ba", "", "a b"};
const std::vector<std::string> kPatterns{"a", "b", "*", "a*", "*a", "?b", "*b*"};

template <typename T>
T one_of(const std::vector<T>& all) {
  return *rc::gen::elementOf(all);
}

std::vector<std::string> some_patterns() {
  std::vector<std::string> patterns;
  if (*rc::gen::inRange(0, 2) == 0) return patterns;
  for (int i = *rc::gen::inRange(1, 3); i > 0; --i)
    patterns.push_back(one_of(kPatterns));
  return patterns;
}

Conditions some_conditions() {
  Conditions when{.sender = some_patterns(),
                  .from = some_patterns(),
                  .auth = some_patterns(),
                  .listener = some_patterns()};
  if (*rc::gen::inRange(0, 4) == 0)
    when.client = {one_of(std::vector{network("192.0.2.0/24"), network("2001:db8::/32")})};
  for (const char* name : {"list-id", "x-a"}) {
    auto values = some_patterns();
    if (!values.empty()) when.header.push_back({name, std::move(values)});
  }
  return when;
}

std::vector<HeaderField> some_header() {
  const std::vector<HeaderField> fields{{"List-Id", "<a>"},
                                        {"list-id", "x <b>"},
                                        {"List-Id", "?!"},
                                        {"From", "a@b.example"},
                                        {"from", "x"},
                                        {"FROM", "a@x.a, b@x.a"},
                                        {"X-A", " a\n\tb "},
                                        {"x-a", "B"},
                                        {"X-A", ""},
                                        {"X-A", "a,\r\n (b) \"c\""},
                                        {"X-A", std::string(9000, 'a')},
                                        {"X-A", std::string(8000, 'b')}};
  std::vector<HeaderField> header;
  for (int i = *rc::gen::inRange(0, 12); i > 0; --i)
    header.push_back(one_of(fields));
  return header;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(why_not_this_stream)

BOOST_AUTO_TEST_CASE(nothing_speaks_against_a_stream_without_conditions) {
  BOOST_TEST(reason({}) == "");
  BOOST_TEST(reason({}, {.sender = "a@b.example"}, {{"List-Id", "<a.b>"}}) == "");
}

BOOST_AUTO_TEST_CASE(what_was_found_and_what_was_wanted_are_told) {
  BOOST_TEST(reason({.auth = {"shop"}}, {.auth = "CRM"}) == "auth is crm, wanted shop");
  BOOST_TEST(reason({.auth = {"shop", "till-*"}}) == "no auth, wanted shop or till-*");
  BOOST_TEST(reason({.auth = {"shop"}}, {.auth = "Shop"}) == "");
  BOOST_TEST(reason({.sender = {"*@shop.example"}}, {.sender = "<>"}) ==
             "sender is <>, wanted *@shop.example");
  BOOST_TEST(reason({.listener = {"submission"}}, {.listener = "smtp"}) ==
             "listener is smtp, wanted submission");
}

BOOST_AUTO_TEST_CASE(clients_are_told_as_networks) {
  const Conditions when{.client = {network("192.0.2.0/24"), network("2001:db8::1")}};
  BOOST_TEST(reason(when, {.client = "192.0.2.9"}) == "");
  BOOST_TEST(reason(when, {.client = "198.51.100.1"}) ==
             "client is 198.51.100.1, wanted 192.0.2.0/24 or 2001:db8::1");
  BOOST_TEST(reason(when, {.client = "unknown"}) ==
             "client is unknown, wanted 192.0.2.0/24 or 2001:db8::1");
  BOOST_TEST(reason(when) == "no client, wanted 192.0.2.0/24 or 2001:db8::1");
}

BOOST_AUTO_TEST_CASE(the_first_condition_that_fails_is_told_in_the_order_of_smtp) {
  const Conditions when{.from = {"x@y.example"}, .auth = {"shop"}};
  BOOST_TEST(reason(when) == "no auth, wanted shop");
  BOOST_TEST(reason(when, {.auth = "shop"}) == "no From, wanted x@y.example");
}

BOOST_AUTO_TEST_CASE(at_mail_conditions_on_the_header_are_still_open) {
  const Conditions when{.auth = {"shop"}, .header = {{"list-id", {"a.b"}}}};
  BOOST_TEST(why_not(when, {.auth = "shop"}).has_value() == false);
  BOOST_TEST(why_not(when, {.auth = "crm"}).has_value() == true);
  BOOST_TEST(header_conditions(when) == "List-Id matches a.b");
  BOOST_TEST(header_conditions({.from = {"a@b.c"}, .header = {{"x-mailer", {"x", "y"}}}}) ==
             "From matches a@b.c and X-Mailer matches x or y");
  BOOST_TEST(header_conditions({.auth = {"shop"}}) == "");
}

BOOST_AUTO_TEST_CASE(LI_02_LI_03_a_list_id_that_is_there_twice_or_is_none_is_told_as_such) {
  const Conditions when{.header = {{"list-id", {"*.news.example"}}}};
  BOOST_TEST(reason(when, {}, {{"List-ID", "EU <EU.News.Example>"}}) == "");
  BOOST_TEST(reason(when, {}, {{"List-Id", "<Shop.example>"}}) ==
             "List-Id is shop.example, wanted *.news.example");
  BOOST_TEST(reason(when, {}, {{"List-Id", "<a.news.example>"}, {"List-Id", "<b>"}}) ==
             "more than one List-Id, so that none counts, wanted *.news.example");
  BOOST_TEST(reason(when, {}, {{"List-Id", "<a> <b>"}}) ==
             "List-Id names nothing that can be compared: <a> <b>, wanted *.news.example");
  BOOST_TEST(reason(when) == "no List-Id, wanted *.news.example");
}

BOOST_AUTO_TEST_CASE(of_other_fields_all_values_are_told) {
  const Conditions when{.header = {{"x-campaign", {"spring"}}}};
  BOOST_TEST(reason(when, {}, {{"X-Campaign", "Autumn\n\t26"}, {"x-campaign", "x"}}) ==
             "X-Campaign is autumn 26 and x, wanted spring");
  BOOST_TEST(reason(when, {}, {{"X-Campaign", "x"}, {"X-Campaign", "Spring"}}) == "");
}

BOOST_AUTO_TEST_CASE(AT_15_what_is_too_long_to_be_compared_is_told_as_such) {
  const Conditions when{.header = {{"to", {"*@big.example*"}}}};
  const HeaderField endless{"To", "a@big.example, ...", true};
  const std::string why = "To is too long to be compared, wanted *@big.example*";
  BOOST_TEST(reason(when, {}, {endless}) == why);
  BOOST_TEST(reason(when, {}, {{"To", "b@small.example"}, endless}) == why);
  BOOST_TEST(reason(when, {}, {{"To", "b@big.example"}, endless}) == "");
}

BOOST_AUTO_TEST_CASE(of_many_values_the_first_are_told) {
  BOOST_TEST(reason({.auth = {"a", "b", "c", "d"}}) == "no auth, wanted a, b, c or d");
  BOOST_TEST(reason({.auth = {"a", "b", "c", "d", "e"}}) == "no auth, wanted a, b, c or 2 others");
}

BOOST_AUTO_TEST_CASE(the_stream_that_wins_is_the_first_against_which_nothing_speaks) {
  BOOST_TEST(rc::check([] {
    std::vector<Stream> streams(static_cast<std::size_t>(*rc::gen::inRange(2, 5)));
    for (std::size_t i = 0; i + 1 < streams.size(); ++i)
      streams[i].when = some_conditions();
    const Envelope envelope{
        .sender = one_of(std::vector<std::string>{"<>", "a", "ab"}),
        .auth = one_of(kWords),
        .client = one_of(std::vector<std::string>{"", "192.0.2.1", "2001:db8::1", "x"}),
        .listener = one_of(kWords)};
    std::vector<HeaderField> header = some_header();

    const StreamSelector selector(streams);
    Selection selection(selector, envelope);
    const auto can_win = [&](const Stream* stream) { return !why_not(stream->when, envelope); };
    const Candidates candidates = selection.candidates();
    RC_ASSERT(std::all_of(candidates.begin(), candidates.end(), can_win));
    HeaderFacts facts;
    for (HeaderField& field : header) {
      facts.add(field.name, field.value);
      field.too_long = !selection.header(field.name, field.value);
    }
    selection.end_of_headers(facts);
    const auto winner = std::find_if(streams.begin(), streams.end(), [&](const Stream& stream) {
      return !why_not(stream.when, envelope, header);
    });
    RC_ASSERT(&selection.winner() == &*winner);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
