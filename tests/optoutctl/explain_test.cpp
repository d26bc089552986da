// optoutctl explain

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>

using namespace optout::test;

namespace {

constexpr const char* kStreams =
    "streams:\n"
    "  - name: receipts\n"
    "    when: { auth: [shop] }\n"
    "    honours: [bounce, block]\n"
    "  - name: newsletters\n"
    "    when: { header: { List-Id: \"*.news.example.com\" } }\n"
    "    honours: [global, list, stream]\n"
    "    on_opted_out: strip\n"
    "  - name: default\n";

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// Ann has opted out of everything, Eve of one list.
struct Shop : ReadyAdmin {
  explicit Shop(const std::string& streams = kStreams) {
    (*this)({"add", "ann@example.com", "--since", "2026-03-02"});
    (*this)({"add", "eve@example.com", "--list", "eu.news.example.com", "--source", "one_click"});
    configure(redis().url_unix(), streams);
  }

  Finished explain(Words words, std::string_view input = {}) const {
    words.insert(words.begin(), "explain");
    if (std::find(words.begin(), words.end(), "--from") == words.end())
      words.insert(words.end(), {"--from", "news@shop.example"});
    return (*this)(words, input);
  }

  nlohmann::json told(Words words, std::string_view input = {}) const {
    words.insert(words.end(), {"-o", "json"});
    const Finished done = explain(words, input);
    auto object = nlohmann::json::parse(done.out, nullptr, false);
    BOOST_REQUIRE_MESSAGE(object.is_object(), "no JSON object: " + done.out + done.err);
    return object;
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }
};

std::string actions(const nlohmann::json& told) {
  std::string all;
  for (const auto& recipient : told.at("recipients"))
    all += (all.empty() ? "" : " ") + recipient.at("action").get<std::string>();
  return all;
}

const std::string kNews = "List-Id: EU <eu.news.example.com>";

}  // namespace

BOOST_AUTO_TEST_SUITE(explain)

BOOST_AUTO_TEST_CASE(a_receipt_a_newsletter_and_other_mail_fare_differently) {
  const Shop shop;
  const auto receipt = shop.told({"--to", "ann@example.com", "--auth", "shop", "--header", kNews});
  BOOST_TEST(receipt.at("stream") == "receipts");
  BOOST_TEST(actions(receipt) == "accept");

  const Words both{"--to", "ann@example.com", "bob@example.com"};
  Words news = both;
  news.insert(news.end(), {"--header", kNews});
  const auto newsletter = shop.told(news);
  BOOST_TEST(newsletter.at("stream") == "newsletters");
  BOOST_TEST(actions(newsletter) == "strip accept");
  BOOST_TEST(newsletter.at("message_reply") == "250");

  const auto other = shop.told({"--to", "ann@example.com"});
  BOOST_TEST(other.at("stream") == "default");
  BOOST_TEST(actions(other) == "reject");
  BOOST_TEST(other.at("message_reply") ==
             "550 5.7.1 recipient has opted out of this mail [optout]");
}

BOOST_AUTO_TEST_CASE(the_exit_code_says_whether_all_would_get_it) {
  const Shop shop;
  BOOST_TEST(shop.explain({"--to", "bob@example.com"}).exit_status == 0);
  BOOST_TEST(shop.explain({"--to", "ann@example.com"}).exit_status == 1);
  BOOST_TEST(shop.explain({"--to", "bob@example.com", "--to", "ann@example.com"}).exit_status == 1);
  BOOST_TEST(shop.explain({"--to", "ann@example.com", "--auth", "shop"}).exit_status == 0);
  const Finished quiet = shop.explain({"--to", "ann@example.com", "-q"});
  BOOST_TEST(quiet.exit_status == 1);
  BOOST_TEST(quiet.out + quiet.err == "");
}

BOOST_AUTO_TEST_CASE(the_steps_are_told_in_the_order_of_smtp_with_the_reason_of_each) {
  const Shop shop;
  const Finished done = shop.explain({"--to", "ann@example.com", "--auth", "crm", "--client",
                                      "192.0.2.7", "--listener", "submission", "--header", kNews});
  std::size_t at = 0;
  for (const char* words :
       {"MAIL FROM:<news@shop.example>  sasl crm, client 192.0.2.7, listener submission\n",
        "stream receipts: no: auth is crm, wanted shop\n",
        "stream newsletters: if List-Id matches *.news.example.com\n",
        "stream default: ", "decided about at end of message: newsletters would strip\n",
        "RCPT TO:<ann@example.com>\n", "key ann@example.com\n", "reply 250", "DATA\n",
        "asked SMISMEMBER optout:set:global ann@example.com @example.com -> ann@example.com\n",
        "asked HGET optout:entry:ann@example.com global -> ", "List-Id: EU <eu.news.example.com>\n",
        "stream newsletters wins\n", "end of message\n",
        "asked SMISMEMBER optout:set:list:eu.news.example.com ann@example.com @example.com -> "
        "nobody\n",
        "reply 550 5.7.1 ", "result\n",
        "ann@example.com does not get it: reject (set global, since 2026-03-02, source admin)\n"}) {
    const std::size_t found = done.out.find(words, at);
    BOOST_TEST_REQUIRE(found != std::string::npos, words << " is not in, or too early in:\n"
                                                         << done.out);
    at = found;
  }
}

BOOST_AUTO_TEST_CASE(why_a_stream_was_passed_over_is_told) {
  const Shop shop;
  const auto why_not = [&](const Words& words) {
    return shop.told(words).at("streams").at(1).at("why_not").get<std::string>();
  };
  BOOST_TEST(why_not({"--to", "bob@example.com"}) == "no List-Id, wanted *.news.example.com");
  BOOST_TEST(why_not({"--to", "bob@example.com", "--header", "List-Id: <x.example>"}) ==
             "List-Id is x.example, wanted *.news.example.com");
  BOOST_TEST(why_not({"--to", "bob@example.com", "--header", kNews, "--header", kNews}) ==
             "more than one List-Id, so that none counts, wanted *.news.example.com");
}

BOOST_AUTO_TEST_CASE(an_opt_out_from_one_list_leaves_other_lists_alone) {
  const Shop shop;
  const auto same = shop.told({"--to", "eve@example.com", "bob@example.com", "--header", kNews});
  BOOST_TEST(actions(same) == "strip accept");
  BOOST_TEST(same.at("recipients")[0].at("set") == "list:eu.news.example.com");
  BOOST_TEST(same.at("recipients")[0].at("source") == "one_click");
  const auto other = shop.told(
      {"--to", "eve@example.com", "bob@example.com", "--header", "List-Id: <us.news.example.com>"});
  BOOST_TEST(actions(other) == "accept accept");
  BOOST_TEST(other.at("list") == "us.news.example.com");
}

BOOST_AUTO_TEST_CASE(where_every_stream_rejects_it_is_decided_at_rcpt_and_at_data) {
  const Shop shop("");
  const auto told = shop.told({"--to", "ann@example.com", "bob@example.com"});
  BOOST_TEST(told.at("decided_at") == "rcpt");
  BOOST_TEST(told.at("recipients")[0].at("reply") ==
             "550 5.7.1 recipient has opted out of this mail [optout]");
  BOOST_TEST(told.at("recipients")[1].at("reply") == "250");
  BOOST_TEST(told.at("message_reply") == "250");
  const auto nobody = shop.told({"--to", "ann@example.com"});
  BOOST_TEST(nobody.at("message_reply").is_null());
  BOOST_TEST(nobody.at("deliverable") == false);
}

BOOST_AUTO_TEST_CASE(a_message_is_read_from_a_file_or_from_standard_input) {
  const Shop shop;
  // A mailbox file with CRLF, and a List-Id that is folded.
  const std::string message =
      "From news@shop.example Mon Mar  2 10:00:00 2026\r\n"
      "From: News <news@shop.example>\r\nTo: somebody@else.example\r\n"
      "List-Id: News of\r\n\tthe shop\r\n <eu.news.example.com>\r\nSubject: x\r\n"
      "\r\nList-Id: <another.example>\r\n";
  const std::string file = shop.write("message.eml", message);
  const Words words{"--to", "eve@example.com", "bob@example.com", "--message"};
  Words from_file = words;
  from_file.push_back(file);
  BOOST_TEST(actions(shop.told(from_file)) == "strip accept");
  BOOST_TEST(
      has(shop.explain(from_file).out, "  List-Id: News of the shop <eu.news.example.com>\n"));
  Words from_stdin = words;
  from_stdin.emplace_back("-");
  BOOST_TEST(actions(shop.told(from_stdin, message)) == "strip accept");
  BOOST_TEST(actions(shop.told(from_stdin, "\uFEFF" + message)) == "strip accept");  // an editor's
  // Fields given by hand come behind those of the file: now there are two.
  from_file.insert(from_file.end(), {"--header", "List-Id: <eu.news.example.com>"});
  const auto two = shop.told(from_file);
  BOOST_TEST(two.at("stream") == "default");
  BOOST_TEST(two.at("list").is_null());
}

BOOST_AUTO_TEST_CASE(the_message_does_not_make_the_envelope_but_hints_at_it) {
  const Shop shop;
  const std::string message = "From: ann@a.example\nTo: bob@example.com, carl@example.com\n\nHi.\n";
  const Finished no_to = shop({"explain", "--from", "a@b.example", "--message", "-"}, message);
  BOOST_TEST(no_to.exit_status == 64);
  BOOST_TEST(has(no_to.err, "--to is missing: the message says To: bob@example.com, carl@"));
  const Finished no_from = shop({"explain", "--to", "bob@example.com", "--message", "-"}, message);
  BOOST_TEST(no_from.exit_status == 64);
  BOOST_TEST(has(no_from.err, "--from is missing: the message says From: ann@a.example"));
}

BOOST_AUTO_TEST_CASE(bad_usage_is_told_before_redis_is_asked) {
  const Shop shop;
  const auto fails = [&](const Words& words, int status, const std::string& why) {
    const Finished done = shop.explain(words);
    BOOST_TEST(done.exit_status == status, done.err);
    BOOST_TEST(has(done.err, why), done.err);
    BOOST_TEST(done.out == "");
  };
  fails({}, 64, "--to is missing");
  fails({"--to", "a@b.example", "--client", "mail.example"}, 64, "no IP address");
  fails({"--to", "a@b.example", "--header", "no field"}, 64, "no header field");
  fails({"--to", "a@b.example", "--message", "/nowhere/at/all"}, 66, "/nowhere/at/all");
  fails({"--to", "a@b.example", "--message", "/"}, 74, "directory");
  fails({"--to", "a@b.example", "--listner", "x"}, 64, "did you mean --listener?");
  const std::string endless = "X: " + std::string(1024 * 1024, 'x');
  const Finished done = shop.explain({"--to", "a@b.example", "--message", "-"}, endless);
  BOOST_TEST(done.exit_status == 65);
}

BOOST_AUTO_TEST_CASE(SC_13_pickup_mail_is_decided_at_end_of_message) {
  const Shop shop("");
  const auto told = shop.told({"--to", "ann@example.com", "bob@example.com", "--pickup"});
  BOOST_TEST(told.at("decided_at") == "end");
  BOOST_TEST(actions(told) == "strip accept");
  BOOST_TEST(told.at("recipients")[0].at("reply") == "250");
}

BOOST_AUTO_TEST_CASE(SC_15_bounces_and_postmaster_pass_and_it_is_told_why) {
  const Shop shop("our_domains: [example.com]\n");
  const auto bounce = shop.told({"--from", "<>", "--to", "ann@example.com", "--header",
                                 "Content-Type: multipart/report; boundary=x"});
  BOOST_TEST(actions(bounce) == "accept");
  BOOST_TEST(bounce.at("recipients")[0].at("exempt") == "automatic_report");
  BOOST_TEST(actions(shop.told({"--from", "", "--to", "ann@example.com"})) == "reject");
  const auto postmaster = shop.told({"--to", "postmaster@example.com"});
  BOOST_TEST(postmaster.at("recipients")[0].at("exempt") == "postmaster");
  BOOST_TEST(postmaster.at("keys_read").empty());
}

BOOST_AUTO_TEST_CASE(monitor_mode_tells_what_would_be_and_that_nothing_is) {
  const Shop shop("mode: monitor\n");
  const Finished done = shop.explain({"--to", "ann@example.com", "bob@example.com"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(has(done.out, "ann@example.com gets the message: would-reject (set global, since "));
  BOOST_TEST(has(done.out, "stream default only monitors: nothing is changed\n"));
  const auto told = shop.told({"--to", "ann@example.com", "bob@example.com"});
  BOOST_TEST(actions(told) == "would-reject accept");
  BOOST_TEST(told.at("recipients")[0].at("reply") == "250");
  BOOST_TEST(told.at("mode") == "monitor");
}

BOOST_AUTO_TEST_CASE(a_message_that_is_held_reaches_nobody_until_it_is_released) {
  const Shop shop("streams: [{ name: default, on_opted_out: hold, on_mixed: hold }]\n");
  const auto told = shop.told({"--to", "ann@example.com", "bob@example.com"});
  BOOST_TEST(actions(told) == "hold hold");
  BOOST_TEST(told.at("deliverable") == false);
  BOOST_TEST(told.at("message_reply") == "250");
  BOOST_TEST(told.at("held") == "optout; recipients=1/2; stream=default");
  BOOST_TEST(told.at("headers_added")[0].at("name") == "X-Optout-Hold");
  BOOST_TEST(has(shop.explain({"--to", "ann@example.com"}).out, "unless it is released"));
}

BOOST_AUTO_TEST_CASE(mail_that_is_tagged_arrives_with_its_tag) {
  const Shop shop("streams: [{ name: default, on_opted_out: accept-and-tag }]\n");
  const Finished done = shop.explain({"--to", "ann@example.com", "bob@example.com"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(has(done.out, "adds X-Optout: optout; recipients=1/2; stream=default\n"));
  BOOST_TEST(actions(shop.told({"--to", "ann@example.com", "bob@example.com"})) ==
             "accept-and-tag accept");
}

BOOST_AUTO_TEST_CASE(who_may_not_be_mailed_at_all_is_told_so) {
  const Shop shop("streams: [{ name: default, recipients_only: [\"@our.example\"] }]\n");
  const auto told = shop.told({"--to", "carl@example.com", "--to", "dan@our.example"});
  BOOST_TEST(actions(told) == "reject accept");
  BOOST_TEST(told.at("recipients")[0].at("reason") == "not among the stream's recipients_only");
}

BOOST_AUTO_TEST_CASE(a_mix_that_is_rejected_is_rejected_for_all) {
  const Shop shop("streams: [{ name: default, on_mixed: reject }]\n");
  const auto told = shop.told({"--to", "eve@example.com", "bob@example.com", "--header", kNews});
  BOOST_TEST(actions(told) == "reject reject");
  BOOST_TEST(told.at("recipients")[1].at("reason") == "as the whole message, for other recipients");
  BOOST_TEST(told.at("recipients")[1].at("set").is_null());
}

BOOST_AUTO_TEST_CASE(AT_27_the_sets_of_a_tenant_are_asked_and_told) {
  Shop shop(
      "streams:\n  - { name: acme, when: { sender: \"@acme.example\" }, tenant: acme }\n"
      "  - name: default\n");
  shop({"add", "tom@example.com", "--tenant", "acme"});
  const auto told =
      shop.told({"--from", "x@acme.example", "--to", "tom@example.com", "ann@example.com"});
  BOOST_TEST(actions(told) == "reject accept");
  BOOST_TEST(told.at("recipients")[0].at("tenant") == "acme");
  BOOST_TEST(told.at("keys_read")[0].at("key") == "optout:acme:set:global");
  BOOST_TEST(actions(shop.told({"--to", "tom@example.com"})) == "accept");
}

BOOST_AUTO_TEST_CASE(without_redis_the_steps_are_told_and_that_nobody_can_tell) {
  Shop shop;
  shop.redis().stop();
  const Finished done = shop.explain({"--to", "ann@example.com"});
  BOOST_TEST(done.exit_status == 69);
  BOOST_TEST(has(done.out, "reply 451 4.3.0 "));
  BOOST_TEST(has(done.out, "ann@example.com does not get it yet: defer (unreachable: "));
  BOOST_TEST(has(done.err, "see that it runs"));

  shop.redis().start();  // empty now
  const auto told = shop.told({"--to", "ann@example.com"});
  BOOST_TEST(actions(told) == "defer");
  BOOST_TEST(shop.explain({"--to", "ann@example.com"}).exit_status == 78);

  shop.configure(shop.redis().url_unix(), "streams: [{ name: default, on_outage: accept }]\n");
  const Finished unchecked = shop.explain({"--to", "ann@example.com"});
  BOOST_TEST(unchecked.exit_status == 0);
  BOOST_TEST(has(unchecked.out, "gets the message: accept (unchecked, schema_missing: "));
  BOOST_TEST(has(unchecked.err, "optoutctl -c " + shop.file("optout-milter.yaml") + " init"));
}

BOOST_AUTO_TEST_CASE(nothing_is_written) {
  Shop shop;
  const auto everything = [&] {
    std::string all = shop.redis().cli({"DBSIZE"}) + "\n" + shop.redis().cli({"INFO", "keyspace"});
    return all + shop.redis().cli({"XLEN", "optout:events"}) + "\n" +
           shop.redis().cli({"LASTSAVE"}) +
           shop.redis().cli({"EVAL",
                             "return redis.call('INFO','persistence'):match("
                             "'rdb_changes_since_last_save:%d+')",
                             "0"});
  };
  const std::string before = everything();
  BOOST_TEST(has(before, "rdb_changes_since_last_save:"));
  shop.explain({"--to", "ann@example.com", "eve@example.com", "--header", kNews});
  shop.explain({"--to", "ann@example.com"});
  BOOST_TEST(everything() == before);
}

BOOST_AUTO_TEST_CASE(rows_for_scripts_have_one_line_for_each_recipient) {
  const Shop shop("");
  const Finished done = shop.explain({"--to", "ann@example.com", "bob@example.com", "-o", "tab"});
  BOOST_TEST(done.out ==
             "address\tkey\taction\tdeliverable\treply\tmessage_reply\tstream\tset\ttenant\tsince\t"
             "source\tmember\texempt\treason\n"
             "ann@example.com\tann@example.com\treject\tfalse\t"
             "550 5.7.1 recipient has opted out of this mail [optout]\t250\tdefault\tglobal\t\t"
             "2026-03-02T00:00:00Z\tadmin\tann@example.com\t\t"
             "set global, since 2026-03-02, source admin\n"
             "bob@example.com\tbob@example.com\taccept\ttrue\t250\t250\tdefault\t\t\t\t\t\t\t\n");
}

// The shape is an interface: scripts of others depend on it. Members may only be added.
BOOST_AUTO_TEST_CASE(the_shape_of_the_json_is_as_documented) {
  const Shop shop;
  const auto told = shop.told({"--to", "Ann@example.com", "--auth", "crm", "--header", kNews});
  for (const char* name :
       {"envelope", "streams", "decided_at", "decided_because", "recipients", "keys_read", "stream",
        "mode", "list", "message_action", "message_reply", "would_record", "headers_removed",
        "headers_added", "held", "deliverable"})
    BOOST_TEST(told.contains(name), name);
  BOOST_TEST(told.at("envelope").dump() ==
             R"({"auth":"crm","client":null,"from":"news@shop.example","listener":null,)"
             R"("pickup":false})");
  BOOST_TEST(told.at("streams")[0].dump() ==
             R"({"can_win":false,"header_conditions":null,"name":"receipts",)"
             R"("why_not":"auth is crm, wanted shop","wins":false})");
  BOOST_TEST(told.at("streams")[1].at("wins") == true);
  BOOST_TEST(told.at("recipients")[0].at("spellings").dump() ==
             R"(["ann@example.com","@example.com"])");
  const auto& asked = told.at("keys_read")[0];
  BOOST_TEST(asked.at("command").dump() ==
             R"(["SMISMEMBER","optout:set:global","ann@example.com","@example.com"])");
  BOOST_TEST(asked.at("reply").dump() == "[1,0]");
  BOOST_TEST(asked.at("step") == "data");
}

BOOST_AUTO_TEST_CASE(AT_13_nothing_from_outside_reaches_the_terminal_unescaped) {
  const Shop shop;
  const Finished done = shop.explain({"--to", "ann@example.com", "--auth", "cr\x1b[2Jm", "--header",
                                      "List-Id: \x1b]0;x\x07 <eu.news.example.com>"});
  BOOST_TEST(done.out.find('\x1b') == std::string::npos);
  BOOST_TEST(has(done.out, "sasl cr\\x1b[2Jm"));
}

BOOST_AUTO_TEST_SUITE_END()
