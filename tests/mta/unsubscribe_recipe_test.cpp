// The recipes for unsubscribing by mail: what the lines for MTA, signer and keys are for. The loop
// from newsletter to opt-out is in unsubscribe_test.cpp.

#include "mta/needs.h"
#include "mta/opendkim.h"
#include "mta/post_office.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

namespace optout::test {
namespace {

constexpr std::string_view kNews = "news.example.com";
const Replacements kUnsigned{{", inet:127.0.0.1:8891", ""}};

// A newsletter to ann, as it arrives.
template <typename Placement>
std::string signed_copy(Placement& placement, OpenDkim& dkim) {
  dkim.serve(placement.lines.lines_for("opendkim.conf"),
             static_cast<std::uint16_t>(std::stoi(placement.lines.replacement("8891"))));
  return PostOffice(placement).copy_for("ann@example.com", kNews);
}

std::size_t times_signed(const std::string& message, std::string_view field) {
  const std::string names = signed_fields(message);
  const std::string name = fmt::format(":{}:", field);
  std::size_t count = 0;
  for (std::size_t at = names.find(name); at != std::string::npos; at = names.find(name, at + 1))
    ++count;
  return count;
}

std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    longest = std::max(longest, end);
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return longest;
}

void is_fit_for_one_click(const std::string& copy, const OpenDkim& dkim) {
  const auto fields = field_values(copy, "List-Unsubscribe");
  BOOST_REQUIRE_EQUAL(fields.size(), 1U);
  const WayOut way = way_out_of(copy);
  BOOST_TEST(fields[0] == fmt::format("<{}>,\r\n\t<mailto:{}?subject=unsubscribe%20{}>", way.link,
                                      way.address, way.local_part().substr(2)));
  const auto posts = field_values(copy, "List-Unsubscribe-Post");
  BOOST_REQUIRE_EQUAL(posts.size(), 1U);
  BOOST_TEST(posts[0] == "List-Unsubscribe=One-Click");
  BOOST_TEST(longest_line(copy) <= 998U);

  BOOST_TEST(dkim.verifies(copy), copy);
  for (const char* field : {"from", "list-unsubscribe", "list-unsubscribe-post"})
    BOOST_TEST(times_signed(copy, field) == 2U, signed_fields(copy));
  const std::size_t body = copy.find("\r\n\r\n") + 2;
  for (const char* added : {"List-Unsubscribe: <https://evil.example/>\r\n",
                            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                            "From: Shop <news@shop.example>\r\n"}) {
    BOOST_TEST(!dkim.verifies(added + copy), added);
    BOOST_TEST(!dkim.verifies(copy.substr(0, body) + added + copy.substr(body)), added);
  }
  BOOST_TEST(dkim.verifies("X-Seen: yes\r\n" + copy));  // which is not what makes them fail
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsubscribe)

BOOST_AUTO_TEST_CASE(OC_03_OC_04_both_fields_are_signed_and_nobody_can_add_another,
                     *needs<OpenDkim>()) {
  OpenDkim dkim;
  PostfixPlacement placement("unsubscribe");
  is_fit_for_one_click(signed_copy(placement, dkim), dkim);
}

// What over-signing is for.
BOOST_AUTO_TEST_CASE(without_the_line_for_the_signer_another_could_be_added, *needs<OpenDkim>()) {
  OpenDkim dkim;
  PostfixPlacement placement("unsubscribe", {{"OversignHeaders", "# OversignHeaders"}});
  const std::string copy = signed_copy(placement, dkim);
  BOOST_TEST(dkim.verifies("List-Unsubscribe: <https://evil.example/>\r\n" + copy));
}

BOOST_AUTO_TEST_CASE(OC_05_without_a_signer_one_click_is_not_offered) {
  Replacements lines = kUnsigned;
  lines.emplace_back("  one_click: yes", "  one_click: no");
  PostfixPlacement placement("unsubscribe", lines);
  const std::string copy = PostOffice(placement).copy_for("ann@example.com", kNews);
  BOOST_TEST(field_values(copy, "List-Unsubscribe").size() == 1U);
  BOOST_TEST(field_values(copy, "List-Unsubscribe-Post").empty());
}

BOOST_AUTO_TEST_CASE(the_world_may_mail_this_domain_and_no_other_and_nobody_is_asked_about) {
  PostfixPlacement placement("unsubscribe", kUnsigned);
  const PostOffice office(placement);
  placement.opt_out({"help@optout.example.com"});
  BOOST_TEST(office.take_in({"<>", "<help@optout.example.com>", "Subject: x\r\n\r\nx\r\n"}).code ==
             250);
  BOOST_TEST(office.reached() == "<unsubscribe@example.com>");
  const UnsubscribeMail relayed{"<a@b.example>", "<bob@elsewhere.example>", "Subject: x\r\n\r\n"};
  BOOST_TEST(office.take_in(relayed).code == 554);  // nobody was taken
}

// Why the line for restrictions comes first: behind it stands a policy server that never answers.
BOOST_AUTO_TEST_CASE(AR_12_no_greylisting_stands_before_a_token) {
  const std::string greylisting =
      fmt::format("check_policy_service inet:127.0.0.1:{}", free_port());
  for (const bool follows : {true, false}) {
    Replacements lines = kUnsigned;
    lines.emplace_back("check_recipient_access inline:{optout.example.com=OK}",
                       follows
                           ? "check_recipient_access inline:{optout.example.com=OK}, " + greylisting
                           : greylisting);
    PostfixPlacement placement("unsubscribe", lines);
    const Finished minted = placement.milter.ctl({"token", "mint", "--to", "ann@example.com"});
    const std::string address = minted.out.substr(0, minted.out.find('\n'));
    SmtpClient client(placement.postfix.port("192.0.2.25:smtp"));
    client.say("EHLO stranger.example");
    client.say("MAIL FROM:<>");
    BOOST_TEST(client.say(fmt::format("RCPT TO:<{}>", address)).code == (follows ? 250 : 451));
  }
}

BOOST_AUTO_TEST_CASE(the_keys_are_for_the_daemon_alone) {
  const PostfixPlacement placement("unsubscribe", kUnsigned);
  struct stat status {};
  BOOST_TEST_REQUIRE(::stat((placement.etc / "token.keys").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0640U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(unsubscribe_sendmail, *needs<Sendmail>())

BOOST_AUTO_TEST_CASE(OC_03_OC_04_both_fields_are_signed_and_nobody_can_add_another,
                     *needs<OpenDkim>()) {
  OpenDkim dkim;
  SendmailPlacement placement("unsubscribe-sendmail");
  is_fit_for_one_click(signed_copy(placement, dkim), dkim);
}

BOOST_AUTO_TEST_CASE(what_is_not_swallowed_goes_to_the_mailbox) {
  SendmailPlacement placement("unsubscribe-sendmail", {{"optout;opendkim", "optout"}});
  const PostOffice office(placement);
  for (const char* recipient : {"<u+forged@optout.example.com>", "<help@optout.example.com>"}) {
    BOOST_TEST(office.take_in({"<>", recipient, "Subject: x\r\n\r\nx\r\n"}).code == 250);
    BOOST_TEST(office.reached() == "<unsubscribe@example.com>");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
