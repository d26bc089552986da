// The loop closed: a newsletter goes out through a relay that follows the recipe, its reader
// answers as mail programs and people do, and the next one does not reach her. Whoever attacks
// changes nothing, and no mail is ever made by us (AR-08, AT-07).
//
// Every test has readers of its own, so that none depends on another.

#include "mta/mail.h"
#include "mta/needs.h"
#include "mta/opendkim.h"
#include "mta/post_office.h"
#include "mta/relay.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe/token.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>

namespace optout::test {
namespace {

constexpr std::string_view kNews = "news.example.com";
constexpr std::string_view kOffers = "offers.example.com";
constexpr std::string_view kReceipt;  // of no list
const std::string kMailbox = "<unsubscribe@example.com>";

std::unique_ptr<PostfixPlacement> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  // Nothing is at the signer's port: mail goes out unsigned here.
  void setup() {
    the_relay = std::make_unique<PostfixPlacement>("unsubscribe",
                                                   Replacements{{", inet:127.0.0.1:8891", ""}});
  }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

struct WithPostfix {
  PostfixPlacement& relay = *the_relay;
  PostOffice office{relay};

  WayOut way_out_for(const std::string& reader, std::string_view list = kNews) const {
    return way_out_of(office.copy_for(reader, list));
  }
};

// One reader for each mail program.
void everybody_leaves_one_list(const PostOffice& office) {
  for (const MailProgram& program : kMailPrograms) {
    BOOST_TEST_CONTEXT(program.name) {
      const std::string reader = fmt::format("{}@example.com", program.name);
      const WayOut way = way_out_of(office.copy_for(reader, kNews));

      const SmtpReply answer = office.take_in(program.unsubscribe(way, reader));
      BOOST_TEST(answer.code == 250, answer.text);
      BOOST_TEST(office.reached() == "");
      BOOST_TEST(office.opt_outs_of(reader) == "list:news.example.com reply");

      BOOST_TEST(office.send_newsletter(reader, kNews).text.starts_with("550 5.7.1 "));
      BOOST_TEST(office.reached() == "");
      for (const std::string_view other : {kOffers, kReceipt}) {
        BOOST_TEST(office.send_newsletter(reader, other).code == 250);
        BOOST_TEST(office.reached() == "<" + reader + ">");
      }
    }
  }
  // Of those who have left and one who has not, the latter gets it.
  office.send_out("<news@shop.example>", {"<gmail@example.com>", "<stays@example.com>"},
                  newsletter("stays@example.com", kNews));
  BOOST_TEST(office.reached() == "<stays@example.com>");
  BOOST_TEST(office.opt_outs_of("hand@elsewhere.example") == "");  // who only wrote
}

struct AppleMailInCorpus {
  static std::optional<std::string> file() {
    const char* const corpus = std::getenv("OPTOUT_CORPUS");
    if (corpus == nullptr) return std::nullopt;
    return std::string(corpus) + "/sisimai/maildir/bsd/arf-26.eml";
  }
  static std::optional<std::string> unavailable() {
    const auto path = file();
    if (!path) return "OPTOUT_CORPUS does not name a directory of real mail";
    if (!std::ifstream(*path)) return "cannot read " + *path;
    return std::nullopt;
  }
  static std::string message() {
    std::ifstream in(*file());
    std::string text;
    for (std::string line; std::getline(in, line);) {
      if (line.ends_with('\r')) line.pop_back();
      text += line + "\r\n";
    }
    return text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(with_postfix, WithPostfix)

BOOST_AUTO_TEST_CASE(who_answers_a_newsletter_leaves_that_list_and_nothing_else) {  // AR-03, OC-20
  everybody_leaves_one_list(office);
}

BOOST_AUTO_TEST_CASE(AR_03_mail_that_Apple_really_sent_is_understood, *needs<AppleMailInCorpus>()) {
  const WayOut way = way_out_for("ipad@example.com");
  for (const char* sender : {"<example@icloud.com>", "<>"}) {
    const SmtpReply answer =
        office.take_in({sender, "<" + way.address + ">", AppleMailInCorpus::message()});
    BOOST_TEST(answer.code == 250, answer.text);
    BOOST_TEST(office.reached() == "");
  }
  BOOST_TEST(office.opt_outs_of("ipad@example.com") == "list:news.example.com reply");
}

BOOST_AUTO_TEST_CASE(OC_07_AT_04_who_forges_cuts_or_borrows_a_token_changes_nothing) {
  const WayOut way = way_out_for("victim@example.com");
  const WayOut other = way_out_for("bystander@example.com");
  const std::string good = way.local_part();
  std::vector<std::string> forged;
  for (std::size_t i = 2; i < good.size(); ++i) {
    forged.push_back(good);
    forged.back()[i] = good[i] == 'a' ? 'b' : 'a';
  }
  for (const std::size_t left : {std::size_t{2}, good.size() / 2, good.size() - 1})
    forged.push_back(good.substr(0, left));
  forged.push_back(good.substr(0, good.size() / 2) +
                   other.local_part().substr(good.size() / 2));  // half of it another's
  forged.push_back("u+" + way.link_token());
  const Tokens of_a_stranger({{1, {.secret = std::string(32, 's'), .made = {}}}});
  const Token wish{
      .issued = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()),
      .scope = set_reference(SetName::list(std::string(kNews))),
      .address = "victim@example.com",
      .stored = {}};
  forged.push_back("u+" + of_a_stranger.mint(Purpose::reply, wish).value());

  const std::string before = office.events();
  for (std::string& recipient : forged)
    recipient = fmt::format("<{}{}>", recipient, way.domain());
  SmtpClient client(relay.postfix.port("192.0.2.25:smtp"), "127.0.0.5");
  client.say("EHLO mallory.example");
  const SmtpReply reply = send(client, "<victim@example.com>", forged, "Subject: x\r\n\r\nx\r\n");
  BOOST_TEST(reply.code == 250, reply.text);
  const auto recipients = all_recipients(office.went_out());
  BOOST_TEST(recipients.size() == forged.size());
  for (const std::string& recipient : recipients)
    BOOST_TEST(recipient.starts_with(kMailbox));  // where a person can see to it
  BOOST_TEST(office.events() == before);
  BOOST_TEST(relay.milter.log().has(fmt::format("bad_tokens={}", forged.size())));
  for (const char* reader : {"victim@example.com", "bystander@example.com"})
    BOOST_TEST(office.opt_outs_of(reader) == "");
  BOOST_TEST(office.send_newsletter("victim@example.com", kNews).code == 250);
  BOOST_TEST(office.reached() == "<victim@example.com>");
}

BOOST_AUTO_TEST_CASE(AT_02_a_token_opts_out_its_own_reader_whoever_sends_it) {
  const WayOut way = way_out_for("mallory@example.com");
  BOOST_TEST(office
                 .take_in({"<target@example.com>", "<" + way.address + ">",
                           "From: target@example.com\r\nTo: target@example.com\r\n"
                           "Subject: unsubscribe target@example.com\r\n\r\nunsubscribe\r\n"})
                 .code == 250);
  BOOST_TEST(office.reached() == "");
  BOOST_TEST(office.opt_outs_of("mallory@example.com") == "list:news.example.com reply");
  BOOST_TEST(office.opt_outs_of("target@example.com") == "");
}

BOOST_AUTO_TEST_CASE(AR_11_without_a_token_nobody_is_unsubscribed_and_a_person_reads_it) {
  for (const char* recipient : {"<unsubscribe@optout.example.com>", "<u@optout.example.com>"}) {
    const SmtpReply reply = office.take_in(
        {"<>", recipient, "From: asks@example.com\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n"});
    BOOST_TEST(reply.code == 250, reply.text);
    BOOST_TEST(office.reached() == kMailbox);
  }
  BOOST_TEST(office.opt_outs_of("asks@example.com") == "");
}

BOOST_AUTO_TEST_CASE(a_reply_to_all_reaches_all_but_the_token) {
  const WayOut way = way_out_for("chatty@example.com");
  const UnsubscribeMail mail = kMailPrograms.back().unsubscribe(way, "chatty@example.com");
  const SmtpReply reply = office.send_out(
      mail.sender, {"<dora@example.com>", mail.recipient, "<emil@example.com>"}, mail.message);
  BOOST_TEST(reply.code == 250, reply.text);
  BOOST_TEST(office.reached() == "<dora@example.com> <emil@example.com>");
  BOOST_TEST(office.opt_outs_of("chatty@example.com") == "list:news.example.com reply");
}

BOOST_AUTO_TEST_CASE(OC_16_while_redis_is_away_the_sender_keeps_the_request_and_tries_again) {
  const WayOut way = way_out_for("patient@example.com");
  const UnsubscribeMail mail = kMailPrograms.front().unsubscribe(way, "patient@example.com");
  relay.redis.stop();
  const SmtpReply refused = office.take_in(mail);
  BOOST_TEST(refused.text.starts_with("451 4.3.0 cannot record your request"), refused.text);
  BOOST_TEST(office.reached() == "");
  relay.redis.start();
  BOOST_TEST(office.opt_outs_of("patient@example.com") == "");
  BOOST_TEST(wait_until([&] { return office.take_in(mail).code == 250; }));
  BOOST_TEST(office.opt_outs_of("patient@example.com") == "list:news.example.com reply");
  BOOST_TEST(office.reached() == "");
}

BOOST_AUTO_TEST_CASE(a_redis_that_can_only_be_read_takes_no_request_but_mail_goes_on) {
  const WayOut way = way_out_for("later@example.com");
  const UnsubscribeMail mail = kMailPrograms.front().unsubscribe(way, "later@example.com");
  relay.redis.cli({"REPLICAOF", "127.0.0.1", "1"});  // nobody is there
  BOOST_TEST(office.take_in(mail).code == 451);
  BOOST_TEST(office.send_newsletter("later@example.com", kNews).code == 250);
  BOOST_TEST(office.reached() == "<later@example.com>");
  relay.redis.cli({"REPLICAOF", "NO", "ONE"});
  BOOST_TEST(wait_until([&] { return office.take_in(mail).code == 250; }));
  BOOST_TEST(office.opt_outs_of("later@example.com") == "list:news.example.com reply");
}

BOOST_AUTO_TEST_CASE(AT_05_who_comes_back_and_is_asked_again_can_leave_again) {
  const WayOut way = way_out_for("fickle@example.com");
  const UnsubscribeMail mail = kMailPrograms.front().unsubscribe(way, "fickle@example.com");
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(office.take_in(mail).code == 250);
    BOOST_TEST(office.take_in(mail).code == 250);  // twice does no harm
    BOOST_TEST(office.opt_outs_of("fickle@example.com") == "list:news.example.com reply");
    const Finished removed = relay.milter.ctl(
        {"remove", "fickle@example.com", "--list", "news.example.com", "--because", "she asks"});
    BOOST_TEST(removed.exit_status == 0, removed.err);
    BOOST_TEST(office.copy_for("fickle@example.com", kNews) != "");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(with_sendmail, *needs<Sendmail>())

BOOST_AUTO_TEST_CASE(who_answers_a_newsletter_leaves_that_list_and_nothing_else) {
  SendmailPlacement placement("unsubscribe-sendmail", {{"optout;opendkim", "optout"}});
  const PostOffice office(placement);
  everybody_leaves_one_list(office);

  const WayOut way = way_out_of(office.copy_for("chatty@example.com", kNews));
  const UnsubscribeMail mail = kMailPrograms.back().unsubscribe(way, "chatty@example.com");
  office.send_out(mail.sender, {"<dora@example.com>", mail.recipient}, mail.message);
  BOOST_TEST(office.reached() == "<dora@example.com>");
  BOOST_TEST(office.opt_outs_of("chatty@example.com") == "list:news.example.com reply");

  const WayOut last = way_out_of(office.copy_for("patient@example.com", kNews));
  placement.redis.stop();
  const UnsubscribeMail wish = kMailPrograms.front().unsubscribe(last, "patient@example.com");
  BOOST_TEST(office.take_in(wish).code == 451);
  placement.redis.start();
  BOOST_TEST(wait_until([&] { return office.take_in(wish).code == 250; }));
  BOOST_TEST(office.opt_outs_of("patient@example.com") == "list:news.example.com reply");
  BOOST_TEST(office.reached() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
