// First match wins: which streams, and which values of their conditions, that leaves without mail.

#include "config/stream_order.h"

#include "util/glob.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <ostream>
#include <string>
#include <utility>
#include <vector>

using namespace optout;

namespace {

using Kind = OrderFinding::Kind;
using Findings = std::vector<OrderFinding>;
using Texts = std::vector<std::string>;

std::vector<IpNetwork> networks(const Texts& texts) {
  std::vector<IpNetwork> out;
  for (const std::string& text : texts)
    out.push_back(parse_ip_network(text).value());
  return out;
}

Findings findings_of(std::vector<Conditions> conditions) {
  std::vector<Stream> streams;
  for (Conditions& when : conditions) {
    Stream stream;
    stream.when = std::move(when);
    streams.push_back(std::move(stream));
  }
  return order_findings(streams);
}

Conditions sender(Texts values) {
  Conditions when;
  when.sender = std::move(values);
  return when;
}

Conditions auth(Texts values) {
  Conditions when;
  when.auth = std::move(values);
  return when;
}

Conditions client(const Texts& values) {
  Conditions when;
  when.client = networks(values);
  return when;
}

Conditions header(std::vector<HeaderCondition> fields) {
  Conditions when;
  when.header = std::move(fields);
  return when;
}

Conditions both(Texts auth_values, Texts sender_values) {
  Conditions when = auth(std::move(auth_values));
  when.sender = std::move(sender_values);
  return when;
}

const Conditions kAll;

}  // namespace

namespace optout {

// For Boost.Test's messages.
std::ostream& operator<<(std::ostream& out, const OrderFinding& finding) {
  return out << "{" << static_cast<int>(finding.kind) << " " << finding.later << " by "
             << finding.earlier << " " << finding.condition << "[" << finding.value << "]}";
}

}  // namespace optout

namespace {

void check(const Findings& found, const Findings& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

Findings unreachable(std::size_t later, std::size_t earlier) {
  return {{Kind::unreachable_stream, later, earlier}};
}

Findings overlap(std::size_t later, std::size_t earlier) {
  return {{Kind::overlap, later, earlier}};
}

Findings value_lost(std::size_t later, std::size_t earlier, std::string condition,
                    std::size_t value) {
  return {{Kind::unreachable_value, later, earlier, std::move(condition), value}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_order)

BOOST_AUTO_TEST_CASE(streams_from_the_special_to_the_general_are_in_order) {
  check(findings_of({}), {});
  check(findings_of({kAll}), {});
  check(findings_of({sender({"ann@example.com"}), sender({"*@example.com"}),
                     sender({"*example.com", "*@example.org"}), kAll}),
        {});
  check(findings_of({client({"192.0.2.1"}), client({"192.0.2.0/24"}), client({"192.0.0.0/16"})}),
        {});
  check(findings_of({both({"shop"}, {"*@example.com"}), auth({"shop"}), kAll}), {});
}

BOOST_AUTO_TEST_CASE(streams_that_have_nothing_in_common_are_in_order) {
  check(findings_of({sender({"*@a.example"}), sender({"*@b.example"}), kAll}), {});
  check(findings_of({sender({"news-*"}), sender({"sales-*"}), kAll}), {});
  check(findings_of({sender({"a?x*"}), sender({"aby*"}), kAll}), {});
  check(findings_of({sender({"*x?a"}), sender({"*yba"}), kAll}), {});
  check(findings_of({client({"192.0.2.0/25"}), client({"192.0.2.128/25"}), kAll}), {});
  check(findings_of({client({"0.0.0.0/0"}), client({"2001:db8::/32"}), kAll}), {});
}

BOOST_AUTO_TEST_CASE(conditions_on_different_things_are_in_order) {
  check(findings_of({both({"shop"}, {"*@receipts.example.com"}),
                     header({{"list-id", {"*.news.example.com"}}}), kAll}),
        {});
  check(findings_of({auth({"shop"}), sender({"*@example.com"}), kAll}), {});
  check(findings_of({header({{"x-kind", {"receipt"}}}), header({{"x-campaign", {"receipt"}}})}),
        {});
}

BOOST_AUTO_TEST_CASE(what_follows_a_stream_without_conditions_is_never_reached) {
  check(findings_of({kAll, sender({"ann@example.com"}), kAll}),
        {{Kind::unreachable_stream, 1, 0}, {Kind::unreachable_stream, 2, 0}});
  check(findings_of({sender({"*"}), kAll}), unreachable(1, 0));  // the same in other words
}

BOOST_AUTO_TEST_CASE(a_stream_of_which_every_value_is_taken_is_never_reached) {
  check(findings_of({sender({"*@example.com"}), sender({"ann@example.com", "bob@example.com"})}),
        unreachable(1, 0));
  check(findings_of({client({"192.0.2.0/24"}), client({"192.0.2.1", "192.0.2.128/25"})}),
        unreachable(1, 0));
  check(findings_of({sender({"ann@example.com"}), sender({"ann@example.com"})}), unreachable(1, 0));
  check(findings_of({client({"::/0"}), client({"192.0.2.1"})}), unreachable(1, 0));
}

BOOST_AUTO_TEST_CASE(a_stream_with_further_conditions_than_an_earlier_one_is_never_reached) {
  check(findings_of({auth({"shop"}), both({"shop"}, {"*@example.com"})}), unreachable(1, 0));
  check(findings_of({header({{"list-id", {"*.example.com"}}}),
                     header({{"list-id", {"news.example.com"}}, {"x-kind", {"a"}}})}),
        unreachable(1, 0));
}

BOOST_AUTO_TEST_CASE(an_earlier_condition_that_the_later_stream_lacks_takes_only_a_part) {
  check(findings_of({both({"shop"}, {"*"}), auth({"shop"})}), unreachable(1, 0));
  check(findings_of({both({"shop"}, {"*@example.com"}), auth({"shop"})}), {});
  check(
      findings_of({header({{"list-id", {"*"}}, {"x-kind", {"*"}}}), header({{"list-id", {"a"}}})}),
      {});
}

BOOST_AUTO_TEST_CASE(what_is_never_reached_is_said_of_the_first_stream_that_takes_it_all) {
  check(findings_of(
            {sender({"*@example.com"}), sender({"ann@example.com"}), sender({"ann@example.com"})}),
        {{Kind::unreachable_stream, 1, 0}, {Kind::unreachable_stream, 2, 0}});
}

BOOST_AUTO_TEST_CASE(a_value_that_an_earlier_stream_takes_is_found_by_itself) {
  check(findings_of({sender({"*@example.com"}), sender({"bob@example.org", "ann@example.com"})}),
        value_lost(1, 0, "sender", 1));
  check(findings_of({header({{"list-id", {"*.example.com"}}}),
                     header({{"list-id", {"a.example.com", "a.example.org"}}})}),
        value_lost(1, 0, "header.list-id", 0));
  check(findings_of({auth({"shop"}), both({"crm", "shop"}, {"*@example.com"})}),
        value_lost(1, 0, "auth", 1));
  check(findings_of({client({"10.0.0.0/8"}), client({"10.1.0.0/16", "192.0.2.1"})}),
        value_lost(1, 0, "client", 0));
}

BOOST_AUTO_TEST_CASE(each_value_is_found_once_and_may_be_taken_by_different_streams) {
  check(findings_of({auth({"a"}), auth({"b"}), auth({"a*"}), auth({"a", "b", "c"})}),
        {{Kind::unreachable_value, 3, 0, "auth", 0}, {Kind::unreachable_value, 3, 1, "auth", 1}});
}

BOOST_AUTO_TEST_CASE(a_value_is_not_lost_where_another_condition_is_only_partly_taken) {
  check(findings_of({both({"shop"}, {"ann@example.com"}),
                     both({"shop", "crm"}, {"ann@example.com", "bob@example.com"})}),
        overlap(1, 0));
}

BOOST_AUTO_TEST_CASE(patterns_that_cross_overlap) {
  check(findings_of({sender({"news@*"}), sender({"*@example.com"})}), overlap(1, 0));
  check(findings_of({both({"shop"}, {"news@*"}), both({"shop"}, {"*@example.com"})}),
        overlap(1, 0));
  check(findings_of({both({"*"}, {"ann@example.com"}), both({"shop"}, {"*@example.com"})}),
        overlap(1, 0));
  check(findings_of({sender({"a?c"}), sender({"ab?"})}), overlap(1, 0));
}

BOOST_AUTO_TEST_CASE(a_later_value_that_is_broader_than_all_it_shares_does_not_overlap) {
  check(findings_of({sender({"ann@example.com", "bob@example.org"}), sender({"*@example.com"})}),
        {});
}

BOOST_AUTO_TEST_CASE(an_overlap_is_said_once_for_each_stream) {
  check(findings_of({sender({"a@*"}), sender({"b@*"}), sender({"*@example.com"})}), overlap(2, 0));
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_never_reached_takes_nothing_from_others) {
  check(findings_of({auth({"shop"}), both({"shop"}, {"a*"}), both({"shop", "crm"}, {"*b"})}),
        {{Kind::unreachable_stream, 1, 0}, {Kind::unreachable_value, 2, 0, "auth", 0}});
}

// Words of few letters meet often. No witness may speak against what is found: every text that a
// lost value or stream matches must be taken by the earlier one.
BOOST_AUTO_TEST_CASE(what_is_found_is_true) {
  const auto word = [](const char* letters, int longest) {
    const auto letter = rc::gen::elementOf(std::string(letters));
    return rc::gen::resize(longest, rc::gen::nonEmpty(rc::gen::container<std::string>(letter)));
  };
  BOOST_TEST(rc::check("for any text", [&] {
    const auto patterns =
        rc::gen::resize(3, rc::gen::nonEmpty(rc::gen::container<Texts>(word("ab*?", 4))));
    const Texts first = *patterns;
    const Texts second = *patterns;
    const std::string text = *word("ab", 5);
    const auto matches = [&](const Texts& any) {
      for (const std::string& pattern : any) {
        if (glob_matches(pattern, text)) return true;
      }
      return false;
    };
    for (const OrderFinding& finding : findings_of({auth(first), auth(second)})) {
      if (finding.kind == Kind::unreachable_stream && matches(second)) RC_ASSERT(matches(first));
      if (finding.kind == Kind::unreachable_value && glob_matches(second[finding.value], text)) {
        RC_ASSERT(matches(first));
      }
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()
