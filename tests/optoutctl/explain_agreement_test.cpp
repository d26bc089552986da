// What optoutctl explain says is what the daemon does: the same messages, told by the one and sent
// to the other over the milter socket.

#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace optout::test {
namespace {

struct Mail {
  std::string sender;
  std::vector<std::string> recipients;
  std::string auth{};
  std::vector<std::pair<std::string, std::string>> header{};
  bool pickup = false;
  std::string listener{};
};

// What becomes of each recipient, and the replies: as the daemon has it, and as explain tells it.
struct Outcome {
  std::vector<std::string> replies;  // to RCPT
  std::string end;                   // reply to the message; empty where nobody is left
  std::vector<bool> delivered;
  std::vector<std::string> added;

  friend bool operator==(const Outcome&, const Outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
    return out << fmt::format("{} / {} / {} / {}", fmt::join(outcome.replies, ", "), outcome.end,
                              fmt::join(outcome.delivered, " "), fmt::join(outcome.added, ", "));
  }
};

std::string as_smtp(const MilterReply& reply) {
  return reply.is_positive() ? "250" : reply.to_string();
}

Outcome sent(const OptoutMilter& milter, const Mail& mail) {
  MilterClient client(milter.address());
  if (!mail.auth.empty()) client.set_macro("{auth_authen}", mail.auth);
  if (!mail.listener.empty()) client.set_macro("{daemon_name}", mail.listener);
  client.set_macro("{daemon_port}", mail.pickup ? "0" : "25");
  client.negotiate();
  client.connect("client.example", "192.0.2.10");
  client.helo();
  client.mail("<" + mail.sender + ">");
  Outcome outcome;
  for (const std::string& recipient : mail.recipients) {
    outcome.replies.push_back(as_smtp(client.recipient("<" + recipient + ">")));
    outcome.delivered.push_back(outcome.replies.back() == "250");
  }
  const auto& delivered = outcome.delivered;
  if (std::find(delivered.begin(), delivered.end(), true) == delivered.end()) return outcome;
  client.data();
  for (const auto& [name, value] : mail.header)
    client.header(name, value);
  client.end_of_headers();
  client.body("Hello.\r\n");
  const MilterFinish finish = client.end_of_message();
  outcome.end = as_smtp(finish.reply);
  for (const auto& [name, value] : finish.added)
    outcome.added.push_back(name + ": " + value);
  for (std::size_t i = 0; i < mail.recipients.size(); ++i) {
    const auto& gone = finish.deleted;
    const bool deleted =
        std::find(gone.begin(), gone.end(), "<" + mail.recipients[i] + ">") != gone.end();
    outcome.delivered[i] =
        outcome.delivered[i] && finish.reply.is_positive() && !deleted && !finish.quarantine;
  }
  client.quit();
  return outcome;
}

Outcome told(const OptoutMilter& milter, const Mail& mail) {
  std::vector<std::string> words{"explain",   "-o",         "json",       "--from",
                                 mail.sender, "--client",   "192.0.2.10", "--auth",
                                 mail.auth,   "--listener", mail.listener};
  for (const std::string& recipient : mail.recipients)
    words.insert(words.end(), {"--to", recipient});
  for (const auto& [name, value] : mail.header)
    words.insert(words.end(), {"--header", name + ": " + value});
  if (mail.pickup) words.emplace_back("--pickup");
  const Finished done = milter.ctl(words);
  const auto object = nlohmann::json::parse(done.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(object.is_object(), "no JSON object: " + done.out + done.err);
  Outcome outcome;
  for (const auto& recipient : object.at("recipients")) {
    outcome.replies.push_back(recipient.at("reply"));
    outcome.delivered.push_back(recipient.at("deliverable"));
  }
  if (!object.at("message_reply").is_null()) outcome.end = object.at("message_reply");
  for (const auto& field : object.at("headers_added"))
    outcome.added.push_back(field.at("name").get<std::string>() + ": " +
                            field.at("value").get<std::string>());
  return outcome;
}

const std::vector<std::string> kPeople{"ann@example.com",        "eve@example.com",
                                       "bob@example.com",        "gil@gone.example",
                                       "postmaster@our.example", "\"a\tb\"@example.com"};

std::vector<Mail> mails() {
  const std::pair<std::string, std::string> news{"List-Id", "<eu.news.example.com>"};
  const std::pair<std::string, std::string> report{"Content-Type", "multipart/report; boundary=x"};
  std::vector<Mail> all;
  for (const std::string auth : {"", "shop"}) {
    all.push_back({"a@shop.example", kPeople, auth});
    all.push_back({"a@shop.example", kPeople, auth, {news}});
    all.push_back({"a@shop.example", kPeople, auth, {news, news}});
    all.push_back({"a@shop.example", kPeople, auth, {news}, true});
    all.push_back({"a@shop.example", {"ann@example.com"}, auth, {news}, false, "submission"});
    all.push_back({"a@acme.example", kPeople, auth});
    all.push_back({"", kPeople, auth});
    all.push_back({"", kPeople, auth, {report}});
    all.push_back({"", {"ann@example.com"}, auth, {report}});
    all.push_back({"", {"ann@example.com", kPeople.back()}, auth, {report}});
    all.push_back({"a@shop.example", {"eve@example.com"}, auth, {news}});
    all.push_back({"a@shop.example", {kPeople.back()}, auth, {news}});
  }
  return all;
}

const char* const kRelays[] = {
    "",
    "mode: monitor",
    "streams: [{ name: default, on_opted_out: strip, reply: \"50 % off, no\" }]",
    "streams: [{ name: default, on_mixed: reject }]",
    "streams: [{ name: default, on_opted_out: hold, on_mixed: hold }]",
    "streams: [{ name: default, on_opted_out: accept-and-tag }]",
    "streams: [{ name: default, recipients_only: [\"@example.com\"] }]",
    "streams: [{ name: default, recipients_only: [\"@example.com\"], honours: [list] }]",
    R"(
streams:
  - { name: receipts, when: { auth: shop }, honours: [bounce, block] }
  - { name: newsletters, when: { header: { List-Id: "*.news.example.com" } }, on_opted_out: strip }
  - { name: staff, when: { listener: submission }, mode: monitor }
  - { name: acme, when: { sender: "@acme.example" }, tenant: acme }
  - { name: default }
)",
    R"(
streams:
  - { name: news, when: { header: { List-Id: "*" } }, mode: monitor, reply: "no news" }
  - { name: default }
)",
    R"(
streams:
  - { name: news, when: { header: { List-Id: "*.news.example.com" } }, honours: [global, list] }
  - { name: default }
)",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(explain_agreement)

BOOST_AUTO_TEST_CASE(the_daemon_does_what_explain_says) {
  if (const auto reason = OptoutMilter::unavailable()) {
    fmt::print("skipped: {}\n", *reason);
    std::fflush(stdout);
    std::_Exit(77);
  }
  const SharedDir directory;
  const RedisServer redis;
  OptoutMilter milter(redis, unix_socket(directory / "milter.sock"));
  redis.cli({"SADD", "optout:set:global", "ann@example.com"});
  redis.cli({"SADD", "optout:set:list:eu.news.example.com", "eve@example.com"});
  redis.cli({"SADD", "optout:set:bounce", "@gone.example"});
  redis.cli({"SADD", "optout:acme:set:global", "bob@example.com"});
  for (const char* relay : kRelays) {
    if (milter.running()) milter.stop();
    milter.configure(relay);
    milter.start();
    for (const Mail& mail : mails()) {
      BOOST_TEST_INFO(relay << "\n"
                            << mail.sender << " auth=" << mail.auth
                            << " fields=" << mail.header.size() << " pickup=" << mail.pickup);
      BOOST_TEST(told(milter, mail) == sent(milter, mail));
    }
  }
  // Where nobody can tell.
  redis.cli({"DEL", "optout:schema"});
  for (const Mail& mail : mails())
    BOOST_TEST(told(milter, mail) == sent(milter, mail));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
