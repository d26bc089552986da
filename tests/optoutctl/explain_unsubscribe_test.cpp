// optoutctl explain, of mail that carries a way to unsubscribe, and of mail that unsubscribes.

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace optout::test;

namespace {

// Newsletters get a way out; Redis knows nobody who took it.
struct Newsletters : ReadyAdmin {
  explicit Newsletters(const std::string& how = "add") {
    std::ofstream(file("token.keys")) << "1:" << kSecret << '\n';
    std::filesystem::permissions(file("token.keys"), std::filesystem::perms::owner_read);
    configure(redis().url_unix(),
              "unsubscribe: { domain: optout.example, link: \"https://optout.example/u/\", keys: " +
                  file("token.keys") +
                  " }\n"
                  "streams:\n"
                  "  - name: newsletters\n"
                  "    when: { header: { List-Id: \"*.news.example.com\" } }\n"
                  "    honours: [global, list, stream]\n"
                  "    list_unsubscribe: " +
                  how + "\n  - name: default\n");
  }

  nlohmann::json told(Words words) const {
    words.insert(words.begin(), {"explain", "--from", "news@shop.example", "-o", "json"});
    const Finished done = (*this)(words);
    auto object = nlohmann::json::parse(done.out, nullptr, false);
    BOOST_REQUIRE_MESSAGE(object.is_object(), "no JSON object: " + done.out + done.err);
    return object;
  }

  static constexpr const char* kSecret =
      "7f3a1c9be05d42688890ab12cd34ef5601f2e3d4c5b6a7988a9bacbdcedff0e1";
  static inline const Words kNews{"--header", "List-Id: <eu.news.example.com>"};
};

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(explain_unsubscribe)

BOOST_AUTO_TEST_CASE(what_is_added_is_told_and_what_comes_back_by_it_too) {
  Newsletters shop;
  const auto newsletter = shop.told(with({"--to", "bob@example.com"}, Newsletters::kNews));
  BOOST_TEST(newsletter.at("deliverable") == true);
  BOOST_REQUIRE(newsletter.at("headers_added").size() == 2U);
  const auto field = newsletter.at("headers_added")[0].at("value").get<std::string>();
  BOOST_TEST(newsletter.at("headers_added")[1].at("name") == "List-Unsubscribe-Post");
  const auto at = field.find("<mailto:");
  BOOST_REQUIRE(at != std::string::npos);
  const std::string address = field.substr(at + 8, field.find('?', at) - at - 8);

  // The list was not made known by asking, so the token stands for everything.
  const auto reply = shop.told({"--to", address});
  BOOST_TEST(reply.at("recipients")[0].at("action") == "unsubscribe");
  BOOST_TEST(reply.at("recipients")[0].at("deliverable") == false);
  BOOST_TEST(reply.at("message_reply") == "250");
  BOOST_REQUIRE(reply.at("would_record").size() == 1U);
  BOOST_TEST(reply.at("would_record")[0].at("member") == "bob@example.com");
  BOOST_TEST(reply.at("would_record")[0].at("set") == "global");

  const Finished steps = shop({"explain", "--from", "bob@example.com", "--to", address});
  BOOST_TEST(steps.exit_status == 1);
  BOOST_TEST(steps.out.find("records bob@example.com in set global\n") != std::string::npos);
  BOOST_TEST(steps.out.find("does not get it: unsubscribe (a request to unsubscribe: its token is "
                            "good)\n") != std::string::npos);
  BOOST_TEST(shop({"check", "bob@example.com"}).exit_status == 1);  // only asked
  BOOST_TEST(shop.redis().cli({"EXISTS", "optout:lists", "optout:references"}) == "0");
}

BOOST_AUTO_TEST_CASE(a_bad_token_is_an_address_like_any_other) {
  const Newsletters shop;
  const auto told = shop.told({"--to", "u+nonsense@optout.example"});
  BOOST_TEST(told.at("recipients")[0].at("action") == "accept");
  BOOST_TEST(told.at("recipients")[0].at("reason") == "its token is none of ours");
  BOOST_TEST(told.at("would_record").empty());
  const auto other = shop.told({"--to", "info@optout.example"});
  BOOST_TEST(other.at("recipients")[0].at("reason").is_null());
}

BOOST_AUTO_TEST_CASE(mail_that_needs_a_way_out_and_cannot_have_one_is_refused) {
  const Newsletters shop("require");
  const auto told =
      shop.told(with({"--to", "bob@example.com", "eva@example.com"}, Newsletters::kNews));
  BOOST_TEST(told.at("message_action") == "reject");
  BOOST_TEST(told.at("recipients")[1].at("reason") ==
             "no List-Unsubscribe, and the stream requires one");
}

BOOST_AUTO_TEST_CASE(what_a_sender_wrote_and_is_replaced_is_told) {
  const Newsletters shop("replace");
  const auto told = shop.told(
      with({"--to", "bob@example.com", "--header", "List-Unsubscribe: <https://crm.example/out>"},
           Newsletters::kNews));
  BOOST_TEST(told.at("headers_removed")[0] == "List-Unsubscribe");
  BOOST_TEST(told.at("headers_added").size() == 2U);
}

BOOST_AUTO_TEST_CASE(where_nothing_could_be_recorded_the_request_would_wait) {
  Newsletters shop;
  const auto newsletter = shop.told(with({"--to", "bob@example.com"}, Newsletters::kNews));
  const auto field = newsletter.at("headers_added")[0].at("value").get<std::string>();
  const auto at = field.find("<mailto:") + 8;
  const std::string address = field.substr(at, field.find('?', at) - at);
  shop.redis().cli({"FLUSHALL"});
  const auto told = shop.told({"--to", address});
  BOOST_TEST(told.at("recipients")[0].at("action") == "defer");
  BOOST_TEST(told.at("message_reply").get<std::string>().substr(0, 9) == "451 4.3.0");
}

BOOST_AUTO_TEST_SUITE_END()
