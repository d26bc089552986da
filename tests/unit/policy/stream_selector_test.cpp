// Which stream a message belongs to, and when that is known.

#include "policy/stream_selector.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace optout {
namespace {

Stream stream(const std::string& name, Conditions when = {}) {
  Stream stream;
  stream.name = name;
  stream.when = std::move(when);
  return stream;
}

using Header = std::vector<std::pair<std::string, std::string>>;

struct Relay {
  std::vector<Stream> streams;

  static std::string names(Candidates candidates) {
    std::string all;
    for (const Stream* each : candidates)
      all += (all.empty() ? "" : " ") + each->name;
    return all;
  }
  // Who can still win after MAIL.
  std::string at_mail(const Envelope& envelope) const {
    const StreamSelector selector(streams);
    return names(Selection(selector, envelope).candidates());
  }
  // Who wins.
  std::string winner(const Envelope& envelope, const Header& header = {}) const {
    const StreamSelector selector(streams);
    Selection selection(selector, envelope);
    HeaderFacts facts;
    for (const auto& [name, value] : header) {
      facts.add(name, value);
      selection.header(name, value);
    }
    selection.end_of_headers(facts);
    BOOST_TEST(selection.decided());
    return selection.winner().name;
  }
};

Envelope from(std::string sender) {
  return {.sender = std::move(sender)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_selection)

BOOST_AUTO_TEST_CASE(a_single_stream_takes_everything) {
  const Relay relay{{stream("default")}};
  BOOST_TEST(relay.at_mail({}) == "default");
  BOOST_TEST(relay.winner({}, {{"List-Id", "<a.b>"}}) == "default");
}

BOOST_AUTO_TEST_CASE(the_first_that_matches_wins) {
  const Relay relay{{stream("a", {.sender = {"*@shop.example"}}),
                     stream("b", {.sender = {"news@shop.example"}}), stream("default")}};
  BOOST_TEST(relay.at_mail(from("news@shop.example")) == "a");
  BOOST_TEST(relay.at_mail(from("news@crm.example")) == "default");
}

BOOST_AUTO_TEST_CASE(all_conditions_must_hold_and_any_value_of_each) {
  const Relay relay{{stream("receipts", {.sender = {"a@shop.example", "b@shop.example"},
                                         .auth = {"shop", "till-*"}}),
                     stream("default")}};
  const auto at_mail = [&](const char* sender, const char* auth) {
    return relay.at_mail({.sender = sender, .auth = auth});
  };
  BOOST_TEST(at_mail("a@shop.example", "shop") == "receipts");
  BOOST_TEST(at_mail("b@shop.example", "Till-7") == "receipts");
  BOOST_TEST(at_mail("a@shop.example", "crm") == "default");
  BOOST_TEST(at_mail("a@shop.example", "") == "default");
  BOOST_TEST(at_mail("c@shop.example", "shop") == "default");
}

BOOST_AUTO_TEST_CASE(what_the_mta_does_not_say_matches_nothing_not_even_a_star) {
  const Relay relay{{stream("a", {.auth = {"*"}}), stream("l", {.listener = {"*"}}),
                     stream("c", {.client = {*parse_ip_network("::/0")}}), stream("default")}};
  BOOST_TEST(relay.at_mail({}) == "default");
  BOOST_TEST(relay.at_mail({.auth = "x"}) == "a");
  BOOST_TEST(relay.at_mail({.listener = "x"}) == "l");
}

BOOST_AUTO_TEST_CASE(clients_are_compared_as_networks) {
  const Relay relay{
      {stream("office",
              {.client = {*parse_ip_network("192.0.2.0/25"), *parse_ip_network("2001:db8::/32")}}),
       stream("one", {.client = {*parse_ip_network("192.0.2.200")}}), stream("default")}};
  BOOST_TEST(relay.at_mail({.client = "192.0.2.7"}) == "office");
  BOOST_TEST(relay.at_mail({.client = "::ffff:192.0.2.7"}) == "office");
  BOOST_TEST(relay.at_mail({.client = "IPv6:2001:db8::1"}) == "office");
  BOOST_TEST(relay.at_mail({.client = "192.0.2.200"}) == "one");
  BOOST_TEST(relay.at_mail({.client = "192.0.2.201"}) == "default");
  BOOST_TEST(relay.at_mail({.client = "unknown"}) == "default");
}

BOOST_AUTO_TEST_CASE(a_null_sender_can_be_named) {
  const Relay relay{{stream("bounces", {.sender = {"<>"}}), stream("default")}};
  BOOST_TEST(relay.at_mail(from("<>")) == "bounces");
  BOOST_TEST(relay.at_mail(from("a@b.example")) == "default");
}

BOOST_AUTO_TEST_CASE(conditions_on_the_header_keep_it_open_until_its_end) {
  const Relay relay{{stream("news", {.header = {{"list-id", {"*.news.example.com"}}}}),
                     stream("shop", {.auth = {"shop"}}),
                     stream("offers", {.header = {{"list-id", {"offers.example.com"}}}}),
                     stream("default")}};
  BOOST_TEST(relay.at_mail({}) == "news offers default");
  BOOST_TEST(relay.at_mail({.auth = "shop"}) == "news shop");  // nobody behind it can win any more
  BOOST_TEST(relay.winner({}, {{"List-Id", "Eu <EU.News.example.com>"}}) == "news");
  BOOST_TEST(relay.winner({.auth = "shop"}, {{"List-Id", "<eu.news.example.com>"}}) == "news");
  BOOST_TEST(relay.winner({.auth = "shop"}, {{"List-Id", "<offers.example.com>"}}) == "shop");
  BOOST_TEST(relay.winner({}, {{"List-Id", "<offers.example.com>"}}) == "offers");
  BOOST_TEST(relay.winner({}) == "default");
}

BOOST_AUTO_TEST_CASE(LI_02_LI_03_of_a_list_id_only_the_identifier_counts_and_of_two_none) {
  const Relay relay{
      {stream("news", {.header = {{"list-id", {"news.example.com"}}}}), stream("default")}};
  BOOST_TEST(relay.winner({}, {{"LIST-ID", "\"<x.y>\" (<a.b>) <News.Example.COM>"}}) == "news");
  BOOST_TEST(relay.winner({}, {{"List-Id", "news.example.com list <x.y>"}}) == "default");
  BOOST_TEST(relay.winner({}, {{"List-Id", "<news.example.com>"}, {"List-Id", "<x.y>"}}) ==
             "default");
}

BOOST_AUTO_TEST_CASE(AT_19_of_two_authors_none_counts) {
  const Relay relay{{stream("news", {.from = {"*@shop.example"}}), stream("default")}};
  BOOST_TEST(relay.winner({}, {{"From", "\"Shop\" <News@Shop.Example>"}}) == "news");
  BOOST_TEST(relay.winner({}, {{"From", "a@shop.example, b@shop.example"}}) == "default");
  BOOST_TEST(relay.winner({}, {{"From", "a@shop.example"}, {"From", "a@shop.example"}}) ==
             "default");
  BOOST_TEST(relay.winner({}, {{"Sender", "a@shop.example"}}) == "default");
}

BOOST_AUTO_TEST_CASE(other_fields_are_compared_as_they_stand_unfolded_and_without_case) {
  const Relay relay{{stream("campaign", {.header = {{"x-campaign", {"spring ??", "*sale*"}}}}),
                     stream("both", {.header = {{"x-a", {"1"}}, {"x-b", {"2"}}}}),
                     stream("default")}};
  BOOST_TEST(relay.winner({}, {{"X-Campaign", " Spring\n\t26 "}}) == "campaign");
  BOOST_TEST(relay.winner({}, {{"X-Campaign", "Spring\r\n  26"}}) == "campaign");
  BOOST_TEST(relay.winner({}, {{"x-CAMPAIGN", "The Sale is on"}}) == "campaign");
  BOOST_TEST(relay.winner({}, {{"X-Campaign", "no"}, {"X-Campaign", "sale"}}) == "campaign");
  BOOST_TEST(relay.winner({}, {{"X-A", "1"}, {"X-B", "2"}}) == "both");
  BOOST_TEST(relay.winner({}, {{"X-A", "1"}, {"X-B", "1"}}) == "default");
  BOOST_TEST(relay.winner({}, {{std::string(5000, 'x'), "1"}}) == "default");
}

BOOST_AUTO_TEST_CASE(AT_15_only_so_much_of_a_header_is_compared) {
  const Relay relay{{stream("any", {.header = {{"x-a", {"*z"}}}}), stream("default")}};
  const auto field = [](std::size_t size) {
    return std::pair<std::string, std::string>("X-A", std::string(size - 1, 'a') + "z");
  };
  const std::pair<std::string, std::string> other("X-A", std::string(8192, 'a'));
  BOOST_TEST(relay.winner({}, {field(8192)}) == "any");
  BOOST_TEST(relay.winner({}, {field(8193)}) == "default");
  BOOST_TEST(relay.winner({}, {other, other, other, other, other, other, other, field(8192)}) ==
             "any");
  BOOST_TEST(relay.winner({}, {other, other, other, other, other, other, other, other, field(2)}) ==
             "default");
}

BOOST_AUTO_TEST_CASE(every_kind_of_pattern_finds_its_stream_among_many) {
  Relay relay;
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    relay.streams.push_back(stream("whole" + n, {.sender = {"whole" + n + "@x.example"}}));
    relay.streams.push_back(stream("tail" + n, {.sender = {"*@tail" + n + ".example"}}));
    relay.streams.push_back(stream("head" + n, {.sender = {"head" + n + "-*"}}));
    relay.streams.push_back(stream("mid" + n, {.sender = {"*-mid" + n + "-*"}}));
  }
  relay.streams.push_back(stream("default"));
  const StreamSelector selector(relay.streams);
  for (int i = 0; i < 300; i += 37) {
    const std::string n = std::to_string(i);
    const auto winner = [&](const std::string& sender) {
      return Selection(selector, from(sender)).winner().name;
    };
    BOOST_TEST(winner("whole" + n + "@x.example") == "whole" + n);
    BOOST_TEST(winner("ann@tail" + n + ".example") == "tail" + n);
    BOOST_TEST(winner("head" + n + "-1@x.example") == "head" + n);
    BOOST_TEST(winner("a-mid" + n + "-b@x.example") == "mid" + n);
    BOOST_TEST(winner("ann@x.example") == "default");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
