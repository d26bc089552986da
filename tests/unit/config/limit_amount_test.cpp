// "500 per 1h": the ways to write how much a limit allows. What is said of other texts is in
// example_files_test.cpp.

#include "config/limit_amount.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

using namespace optout;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

using Texts = std::vector<std::string>;

std::optional<LimitAmount> amount(LimitKind kind, std::string_view text) {
  const Parsed<LimitAmount> parsed = limit_amount_type(kind).parse(text);
  const auto* value = std::get_if<LimitAmount>(&parsed);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(limit_amounts)

BOOST_DATA_TEST_CASE(one_amount_may_be_written_in_several_ways,
                     data::make(Texts{"500 per 1h", "500/1h", "500 / 1h", "500 in 1h", "500per1h",
                                      "500 per hour", "500 per 1 hour", "500 per 60m",
                                      "500 in 60 minutes", "500 per 3600s", "  500  per  1h "}),
                     text) {
  const LimitAmount expected{.most = 500, .percent = 0, .window = 1h};
  for (const LimitKind kind : {LimitKind::recipients, LimitKind::same_message})
    BOOST_TEST((amount(kind, text) == expected));
}

BOOST_DATA_TEST_CASE(one_share_may_be_written_in_several_ways,
                     data::make(Texts{"20% of at least 50 per 1h", "20 % of at least 50 in 1h",
                                      "20% of at least 50/1h", "20%of at least 50 per hour"}),
                     text) {
  const LimitAmount expected{.most = 50, .percent = 20, .window = 1h};
  BOOST_TEST((amount(LimitKind::opted_out, text) == expected));
}

BOOST_AUTO_TEST_CASE(the_ends_of_every_range_are_allowed) {
  const auto recipients = [](std::string_view text) { return amount(LimitKind::recipients, text); };
  BOOST_TEST(recipients("1 per 1m").has_value());
  BOOST_TEST(recipients("10000000 per 31d").has_value());
  BOOST_TEST(recipients("1 per 60s").has_value());
  BOOST_TEST(!recipients("0 per 1m").has_value());
  BOOST_TEST(!recipients("10000001 per 31d").has_value());
  BOOST_TEST(!recipients("1 per 59s").has_value());
  BOOST_TEST(!recipients("1 per 745h").has_value());
  BOOST_TEST(amount(LimitKind::opted_out, "1% of at least 1 per 1m").has_value());
  BOOST_TEST(amount(LimitKind::opted_out, "100% of at least 10000000 per 31d").has_value());
}

// What is multiplied or converted somewhere must not wrap around into the range.
BOOST_DATA_TEST_CASE(numbers_beyond_any_range_are_refused,
                     data::make(Texts{"18446744073709551616 per 1h", "18446744073709551617 per 1h",
                                      "500 per 18446744073709551617h",
                                      "500 per 9223372036854775807w", "500 per 2562047788015216h",
                                      "500 per 30500568904944w"}),
                     text) {
  BOOST_TEST(!amount(LimitKind::recipients, text).has_value());
}

BOOST_AUTO_TEST_CASE(any_amount_is_understood_as_it_is_printed) {
  BOOST_TEST(rc::check("of any kind", [] {
    const auto kind = *rc::gen::element(LimitKind::recipients, LimitKind::recipients_per_message,
                                        LimitKind::same_message, LimitKind::opted_out);
    LimitAmount expected;
    expected.most = *rc::gen::inRange<std::uint64_t>(1, 10'000'001);
    if (kind == LimitKind::same_message) expected.most = 1 + expected.most % kMostOfSameMessage;
    if (kind == LimitKind::opted_out) expected.percent = *rc::gen::inRange(1U, 101U);
    if (kind != LimitKind::recipients_per_message)
      expected.window = std::chrono::seconds(*rc::gen::inRange(60, 31 * 86'400 + 1));
    const std::string text = limit_amount_type(kind).print(expected);
    RC_ASSERT(amount(kind, text) == expected);
  }));
}

BOOST_AUTO_TEST_CASE(any_text_is_an_amount_or_is_complained_of) {
  BOOST_TEST(rc::check("made of what amounts are made of", [] {
    const auto parts = *rc::gen::container<Texts>(rc::gen::element<std::string>(
        "500", "20", "%", "of", "at", "least", "per", "in", "/", "1", "h", "d", " ", "_", "\xC3"));
    std::string text;
    for (const std::string& part : parts)
      text += part;
    for (const LimitKind kind : {LimitKind::recipients, LimitKind::opted_out}) {
      const Parsed<LimitAmount> parsed = limit_amount_type(kind).parse(text);
      const auto* problem = std::get_if<Problem>(&parsed);
      RC_ASSERT(!problem || !problem->text.empty());
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()
