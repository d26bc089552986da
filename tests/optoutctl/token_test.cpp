// optoutctl token mint, inspect and verify

#include "admin.h"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

// Too long for the local part of another address.
const std::string kLongAddress =
    "bartholomew.featherstonehaugh-cholmondeley@departments.international-shipping.example";

struct TokenMaker : ReadyAdmin {
  TokenMaker() {
    configure(redis().url_unix(),
              "unsubscribe:\n"
              "  domain: optout.example.com\n"
              "  link: https://optout.example.com/u/\n"
              "  keys: " +
                  file("token.keys") +
                  "\n"
                  "streams:\n"
                  "  - name: shop\n"
                  "    tenant: acme\n"
                  "    when: { auth: shop }\n"
                  "  - name: default\n");
    BOOST_REQUIRE_EQUAL((*this)({"keys", "new"}).exit_status, 0);
  }

  // What `token mint` prints, without the line's end.
  std::string mint(Words words) const {
    words.insert(words.begin(), {"token", "mint", "--to", "Ann@Example.com"});
    const Finished done = (*this)(words);
    BOOST_REQUIRE_MESSAGE(done.exit_status == 0, done.err);
    return done.out.substr(0, done.out.find('\n'));
  }

  nlohmann::json inspect(const std::string& text) const {
    const auto rows = json({"token", "inspect", text});
    BOOST_REQUIRE(rows.size() == 1u);
    return rows[0];
  }

  int verify(const std::string& text) const {
    const Finished done = (*this)({"token", "verify", text});
    BOOST_TEST(done.out + done.err == "");
    return done.exit_status;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token)

BOOST_AUTO_TEST_CASE(an_address_comes_back_as_what_it_was_made_of) {
  const TokenMaker admin;
  const std::string address = admin.mint({});
  BOOST_TEST(address.starts_with("u+"), address);
  BOOST_TEST(address.ends_with("@optout.example.com"), address);
  const auto row = admin.inspect(address);
  BOOST_TEST(row.at("address") == "ann@example.com");
  BOOST_TEST(row.at("set") == "global");
  BOOST_TEST(row.at("purpose") == "reply");
  BOOST_TEST(row.at("key") == "1");
  BOOST_TEST(row.at("reference").is_null());
  BOOST_TEST(row.at("tenant").is_null());
}

BOOST_AUTO_TEST_CASE(it_is_understood_in_every_way_it_is_pasted) {
  const TokenMaker admin;
  const std::string address = admin.mint({});
  const std::string token = address.substr(2, address.find('@') - 2);
  for (const std::string& text :
       {token, "u+" + token, "<" + address + ">", "mailto:" + address + "?subject=unsubscribe",
        "mailto:u%2B" + token + "@optout.example.com", token + "@optout.example.com",
        "u%2B" + token + "@optout.example.com", "\"u " + token + "\"@optout.example.com",
        " " + boost::to_upper_copy(address) + "\n"})
    BOOST_TEST(admin.verify(text) == 0, text);
  const std::string link = admin.mint({"--purpose", "link"});
  BOOST_TEST(link.starts_with("https://optout.example.com/u/"), link);
  for (const std::string& text : {link, link + "?utm_source=x", link.substr(29)})
    BOOST_TEST(admin.inspect(text).at("purpose") == "link", text);
}

BOOST_AUTO_TEST_CASE(AT_04_a_token_in_the_place_of_another_purpose_is_none) {
  const TokenMaker admin;
  const std::string address = admin.mint({});
  const std::string token = address.substr(2, address.find('@') - 2);
  const std::string link = admin.mint({"--purpose", "link"});
  BOOST_TEST(admin.verify("https://optout.example.com/u/" + token) == 1);
  BOOST_TEST(admin.verify("u+" + link.substr(29) + "@optout.example.com") == 1);
}

BOOST_AUTO_TEST_CASE(what_is_no_token_of_ours_is_told_by_the_exit_code) {
  const TokenMaker admin;
  for (const std::string text : {"x", "ann@example.com", "u+abc@optout.example.com",
                                 "https://optout.example.com/u/", "mailto:", "@", "<>"}) {
    BOOST_TEST(admin.verify(text) == 1, text);
    BOOST_TEST(admin({"token", "inspect", text}).exit_status == 1, text);
  }
  BOOST_TEST(admin({"token", "verify"}).exit_status == 64);
}

BOOST_AUTO_TEST_CASE(a_token_of_a_list_tells_which_although_it_was_never_seen_before) {
  const TokenMaker admin;
  const auto row = admin.inspect(admin.mint({"--list", "<News.Example.COM>"}));
  BOOST_TEST(row.at("set") == "list:news.example.com");
  BOOST_TEST(row.at("reference") == "5f0a5cab");
  BOOST_TEST(admin.json({"lists"})[0].at("list") == "news.example.com");
}

BOOST_AUTO_TEST_CASE(AT_27_a_token_of_a_stream_is_that_of_its_tenant) {
  const TokenMaker admin;
  const auto row = admin.inspect(admin.mint({"--stream", "shop"}));
  BOOST_TEST(row.at("set") == "stream:shop");
  BOOST_TEST(row.at("tenant") == "acme");
  const auto all = admin.inspect(admin.mint({"--global", "--tenant", "acme"}));
  BOOST_TEST(all.at("set") == "global");
  BOOST_TEST(all.at("tenant") == "acme");
  BOOST_TEST(
      admin({"token", "mint", "--to", "ann@example.com", "--stream", "shop", "--tenant", "other"})
          .exit_status == 64);
}

// Its reference would be known to nobody, and so the token would count for everything.
BOOST_AUTO_TEST_CASE(AT_27_no_token_is_made_for_a_tenant_that_no_stream_has) {
  TokenMaker admin;
  for (const Words& set : {Words{}, {"--global"}, {"--list", "news.example.com"}}) {
    Words words{"token", "mint", "--to", "ann@example.com", "--tenant", "acne"};
    words.insert(words.end(), set.begin(), set.end());
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == 64);
    BOOST_TEST(done.out == "");
    BOOST_TEST(done.err.find("--tenant acne: no stream in the configuration has this tenant") !=
                   std::string::npos,
               done.err);
  }
  BOOST_TEST(admin.redis().cli({"EXISTS", "optout:acne:lists", "optout:references"}) == "0");
}

BOOST_AUTO_TEST_CASE(a_reference_that_nobody_knows_any_more_is_told) {
  TokenMaker admin;
  const std::string address = admin.mint({"--list", "news.example.com"});
  admin.redis().cli({"DEL", "optout:references", "optout:lists"});
  const auto row = admin.inspect(address);
  BOOST_TEST(row.at("set").is_null());
  BOOST_TEST(row.at("note").get<std::string>().find("global") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ML_09_an_address_that_is_too_long_is_kept_in_redis) {
  TokenMaker admin;
  const Finished made = admin({"token", "mint", "--to", kLongAddress});
  BOOST_REQUIRE(made.exit_status == 0);
  BOOST_TEST(made.out.find('@') <= 64u, made.out);
  const std::string address = made.out.substr(0, made.out.find('\n'));
  const auto row = admin.inspect(address);
  BOOST_TEST(row.at("address") == kLongAddress);
  BOOST_TEST(row.at("stored").is_string());
  admin.redis().cli({"DEL", "optout:references"});
  BOOST_TEST(admin.inspect(address).at("address").is_null());
}

BOOST_AUTO_TEST_CASE(the_row_says_what_was_made) {
  const TokenMaker admin;
  const auto rows = admin.json({"token", "mint", "--to", "Ann@Example.com"});
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].at("address") == "ann@example.com");
  BOOST_TEST(rows[0].at("set") == "global");
  BOOST_TEST(rows[0].at("unsubscribe") == admin.mint({}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_made_is_not) {
  const TokenMaker admin;
  const auto exit_status = [&](Words words) {
    words.insert(words.begin(), {"token", "mint"});
    const Finished done = admin(words);
    BOOST_TEST(done.out == "");
    return done.exit_status;
  };
  BOOST_TEST(exit_status({}) == 64);
  BOOST_TEST(exit_status({"--to", "ann"}) == 65);
  BOOST_TEST(exit_status({"--to", "@example.com"}) == 65);
  BOOST_TEST(exit_status({"--to", "ann@example.com", "--purpose", "bounce"}) == 64);
  BOOST_TEST(exit_status({"--to", "ann@example.com", "--list", "a.b", "--global"}) == 64);
  BOOST_TEST(exit_status({"--to", "ann@example.com", "--list", "a b"}) == 64);
  BOOST_TEST(exit_status({"--to", "ann@example.com", "--stream", "unknown"}) == 64);
}

BOOST_AUTO_TEST_CASE(without_keys_in_the_configuration_there_are_no_tokens) {
  const Admin admin = Admin::at("redis://127.0.0.1:1");
  BOOST_TEST(admin({"token", "mint", "--to", "ann@example.com"}).exit_status == 78);
  BOOST_TEST(admin({"token", "verify", "x"}).exit_status == 78);
}

BOOST_AUTO_TEST_CASE(OC_22_a_token_of_an_older_key_stays_good_until_the_key_is_retired) {
  const TokenMaker admin;
  const std::string address = admin.mint({});
  BOOST_TEST(admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(admin.verify(address) == 0);
  BOOST_TEST(admin.inspect(admin.mint({})).at("key") == "2");
  BOOST_TEST(admin({"keys", "retire", "1", "--now"}).exit_status == 0);
  BOOST_TEST(admin.verify(address) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
