// optoutctl explain, of what is decided without a lookup, and of what it leaves out.

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

// Ann has opted out of everything.
struct Shop : ReadyAdmin {
  explicit Shop(const std::string& settings) {
    (*this)({"add", "ann@example.com"});
    configure(redis().url_unix(), settings);
  }

  nlohmann::json told(Words words, const std::string& sender = "news@shop.example") const {
    words.insert(words.begin(), {"explain", "-o", "json", "--from", sender});
    const Finished done = (*this)(words);
    auto object = nlohmann::json::parse(done.out, nullptr, false);
    BOOST_REQUIRE_MESSAGE(object.is_object(), "no JSON object: " + done.out + done.err);
    return object;
  }
};

std::string actions(const nlohmann::json& told) {
  std::string all;
  for (const auto& recipient : told.at("recipients"))
    all += (all.empty() ? "" : " ") + recipient.at("action").get<std::string>();
  return all;
}

const std::string kNoAddress = "\"a\tb\"@example.com";

}  // namespace

BOOST_AUTO_TEST_SUITE(explain_gaps)

BOOST_AUTO_TEST_CASE(who_may_not_be_mailed_is_told_where_no_set_can_be_asked_at_rcpt) {
  const std::string only = "honours: [list], recipients_only: [\"@example.org\"]";
  const Words to{"--to", "bob@example.com"};
  const Shop shop("streams: [{ name: default, " + only + " }]\n");
  const auto enforced = shop.told(to);
  BOOST_TEST(actions(enforced) == "reject");
  BOOST_TEST(enforced.at("recipients")[0].at("reason") == "not among the stream's recipients_only");
  const Shop trial("streams: [{ name: default, mode: monitor, " + only + " }]\n");
  const auto monitored = trial.told(to);
  BOOST_TEST(actions(monitored) == "would-reject");
  BOOST_TEST(monitored.at("message_action") == "accept");
}

BOOST_AUTO_TEST_CASE(SC_19_an_address_that_is_none_is_taken_off_where_rcpt_has_no_reply) {
  const Shop shop("streams: [{ name: default, on_opted_out: strip }]\n");
  const auto told = shop.told({"--to", kNoAddress, "--to", "bob@example.com"});
  BOOST_TEST(actions(told) == "strip accept");
  BOOST_TEST(told.at("message_reply") == "250");
  BOOST_TEST(told.at("recipients")[0].at("reason") == "not an address");
  BOOST_TEST(told.at("recipients")[0].at("deliverable") == false);
  const auto alone = shop.told({"--to", kNoAddress});
  BOOST_TEST(actions(alone) == "reject");
  BOOST_TEST(alone.at("message_reply").get<std::string>().starts_with("553 5.1.3 "));
}

BOOST_AUTO_TEST_CASE(SC_15_what_goes_to_several_is_no_bounce) {
  const Shop shop("");
  const Words one{"--to", "ann@example.com", "--header", "Auto-Submitted: auto-replied"};
  BOOST_TEST(actions(shop.told(one, "<>")) == "accept");
  Words two = one;
  two.insert(two.end(), {"--to", "bob@example.com"});
  const auto told = shop.told(two, "<>");
  BOOST_TEST(actions(told) == "strip accept");
  BOOST_TEST(told.at("recipients")[1].at("exempt").is_null());
}

BOOST_AUTO_TEST_CASE(AT_15_a_field_too_long_to_be_compared_is_told_as_such) {
  const Shop shop(
      "streams:\n  - { name: big, when: { header: { To: \"*@big.example*\" } } }\n"
      "  - { name: default }\n");
  const auto why_not = [&](const std::string& field) {
    return shop.told({"--to", "bob@example.com", "--header", field}).at("streams")[0].at("why_not");
  };
  const std::string people = "To: a@big.example" + std::string(9000, ' ') + ", b@small.example";
  BOOST_TEST(why_not("To: a@big.example").is_null());
  BOOST_TEST(why_not(people) == "To is too long to be compared, wanted *@big.example*");
}

BOOST_AUTO_TEST_CASE(that_the_bulk_guard_is_not_asked_is_told_where_there_is_one) {
  const std::string words = "  the bulk guard is not asked\n";
  const Words question{"explain", "--from", "news@shop.example", "--to", "bob@example.com"};
  const Shop guarded("guard: { limits: [{ recipients_per_message: 1, then: reject }] }\n");
  BOOST_TEST(guarded(question).out.find(words) != std::string::npos);
  BOOST_TEST(guarded.told({"--to", "bob@example.com"}).at("guard") == "not asked");
  const Shop without("guard: { mode: off }\n");
  BOOST_TEST(without(question).out.find(words) == std::string::npos);
  BOOST_TEST(without.told({"--to", "bob@example.com"}).at("guard").is_null());
}

BOOST_AUTO_TEST_SUITE_END()
