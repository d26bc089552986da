// A message where several streams can win: what is said at RCPT, what at its end, and how often the
// store is asked.

#include "relay_in_memory.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using Texts = std::vector<std::string>;

Stream named(const std::string& name, OnOptedOut on_opted_out = OnOptedOut::reject) {
  Stream stream;
  stream.name = name;
  stream.on_opted_out = on_opted_out;
  return stream;
}

// The example of the manual: receipts by who sends them, newsletters by their List-Id, the rest.
struct Shop : test::Relay {
  Shop() {
    Stream receipts = named("receipts");
    receipts.when.auth = {"shop"};
    receipts.when.sender = {"*@receipts.example"};
    receipts.honours = {"bounce", "block"};
    Stream newsletters = named("newsletters", OnOptedOut::strip);
    newsletters.when.header = {{"list-id", {"*.example.com"}}};
    newsletters.honours = {"global", "stream", "list", "complaint", "bounce", "block"};
    config.streams = {receipts, newsletters, named("default")};
    store->add_as_others_do("rob@example.com", SetName("bounce"));
    store->add_as_others_do("sue@example.com", SetName::stream("newsletters"));
  }

  void receipt() {
    mta.macros["{auth_authen}"] = "shop";
    mail("<till@receipts.example>");
  }
  void newsletter(const std::string& list) {
    mail("<news@our.example>");
    session->header("List-Id", "<" + list + ">");
  }
};

// Newsletters come first, and refuse: so a receipt may turn out to be one, and opt-outs that all
// obey are known at RCPT.
struct RefusingShop : Shop {
  Stream& newsletters = config.streams[0];
  Stream& receipts = config.streams[1];
  RefusingShop() {
    std::swap(newsletters, receipts);
    newsletters.on_opted_out = OnOptedOut::reject;
  }
};

const std::string kRefused = "550 5.7.1 recipient has opted out of this mail [optout]";

}  // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_FIXTURE_TEST_CASE(LG_05_a_receipt_reaches_who_opted_out_and_no_dead_mailbox, Shop) {
  receipt();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(rcpt("<rob@example.com>") ==
             "550 5.7.1 recipient has opted out of this mail [bounce]");
  session->header("List-Id", "<news.example.com>");  // a receipt it is, whatever it says
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(the_same_sender_without_the_login_is_no_receipt, Shop) {
  mta.macros["{auth_authen}"] = "crm";
  mail("<till@receipts.example>");
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(end() == kRefused);
}

BOOST_FIXTURE_TEST_CASE(a_newsletter_is_stripped_of_its_own_opt_outs_and_no_others, Shop) {
  newsletter("news.example.com");
  for (const char* address : {"<ann@example.com>", "<eve@example.com>", "<sue@example.com>",
                              "<rob@example.com>", "<bob@example.com>"}) {
    BOOST_TEST(rcpt(address) == "proceed");
  }
  BOOST_TEST(end() == "proceed");
  const Texts expected{"<ann@example.com>", "<eve@example.com>", "<sue@example.com>",
                       "<rob@example.com>"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
  mta.deleted.clear();

  newsletter("offers.example.com");  // OC-20: of another list, Eve may have it
  rcpt("<eve@example.com>");
  BOOST_TEST(end() == "proceed");
  mail(
      "<news@our.example>");  // of no list, it is none of newsletters' business what Sue said there
  rcpt("<sue@example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(everything_is_asked_in_one_go_where_nothing_can_be_refused_at_rcpt, Shop) {
  newsletter("news.example.com");
  for (const char* address : {"<ann@example.com>", "<eve@example.com>", "<bob@example.com>"})
    rcpt(address);
  BOOST_TEST(counted->asked == 0u);
  end();
  BOOST_TEST(counted->asked == 1u);
}

BOOST_FIXTURE_TEST_CASE(SC_17_while_the_content_comes_all_is_asked_but_the_list, Shop) {
  mail("<news@our.example>");
  for (const char* address : {"<ann@example.com>", "<eve@example.com>", "<bob@example.com>"})
    rcpt(address);
  session->content_follows();
  BOOST_TEST(counted->asked == 1u);
  session->header("List-Id", "<news.example.com>");
  const unsigned before_the_dot = counted->round_trips;
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(counted->asked == 2u);
  BOOST_TEST(counted->round_trips == before_the_dot + 1);
  const Texts expected{"<ann@example.com>", "<eve@example.com>"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
  mail("<news@our.example>");
  rcpt("<bob@example.com>");
  session->content_follows();
  BOOST_TEST(end() == "proceed");  // of no list: the final dot waits for nothing
  BOOST_TEST(counted->asked == 3u);
}

BOOST_FIXTURE_TEST_CASE(what_could_not_be_asked_ahead_is_asked_at_the_end, Shop) {
  store->fail_with(Error{Fault::timeout, "late"});
  mail("<news@our.example>");
  rcpt("<ann@example.com>");
  session->content_follows();
  store->fail_with(std::nullopt);
  BOOST_TEST(end() == kRefused);
}

BOOST_FIXTURE_TEST_CASE(SC_17_where_one_of_many_is_unknown_all_are_asked_about_in_one_round_trip,
                        RefusingShop) {
  config.streams[0].on_outage = config.streams[1].on_outage = OnOutage::accept;
  config.streams[2].on_outage = OnOutage::accept;
  mail();
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  store->fail_with(Error{Fault::timeout, "late"});
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  store->fail_with(std::nullopt);
  rcpt("<eve@example.com>");
  session->header("List-Id", "<news.example.com>");
  const unsigned before_the_dot = counted->round_trips;
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(counted->round_trips == before_the_dot + 1);
  const Texts expected{"<ann@example.com>", "<eve@example.com>"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(whom_every_candidate_refuses_is_refused_at_rcpt, RefusingShop) {
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == kRefused);
  BOOST_TEST(rcpt("<rob@example.com>") ==
             "550 5.7.1 recipient has opted out of this mail [bounce]");
  receipt();  // newsletters may still win, or receipts: both obey bounces, but not both opt-outs
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(rcpt("<rob@example.com>") ==
             "550 5.7.1 recipient has opted out of this mail [bounce]");
  BOOST_TEST(end() == "proceed");
}

BOOST_FIXTURE_TEST_CASE(who_was_let_in_at_rcpt_is_judged_by_the_stream_that_wins, RefusingShop) {
  receipt();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  session->header("List-Id", "<news.example.com>");  // so it was a newsletter after all
  BOOST_TEST(end() == kRefused);
  receipt();
  BOOST_TEST(rcpt("<sue@example.com>") == "proceed");
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  session->header("List-Id", "<news.example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Texts{"<sue@example.com>"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(the_end_asks_only_for_what_rcpt_could_not, RefusingShop) {
  mail();
  rcpt("<bob@example.com>");
  rcpt("<eve@example.com>");
  BOOST_TEST(counted->asked == 2u);
  BOOST_TEST(end() == "proceed");  // no List-Id: nothing more to ask
  BOOST_TEST(counted->asked == 2u);
  newsletter("news.example.com");
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(counted->asked == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_reply_is_that_of_the_stream, RefusingShop) {
  newsletters.reply = "no newsletter, please";
  newsletter("news.example.com");
  rcpt("<eve@example.com>");
  BOOST_TEST(end() == "550 5.7.1 no newsletter, please [optout]");
}

BOOST_FIXTURE_TEST_CASE(SC_18_while_several_can_win_no_reply_is_that_of_one, RefusingShop) {
  newsletters.reply = "no newsletter, please";
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == kRefused);  // it may be no newsletter
  for (Stream& stream : config.streams)
    stream.reply = "has left us";
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "550 5.7.1 has left us [optout]");
}

BOOST_FIXTURE_TEST_CASE(where_no_candidate_can_mind_the_message_is_accepted_at_data, RefusingShop) {
  for (Stream& stream : config.streams)
    std::erase(stream.honours, "list");
  mail();
  rcpt("<bob@example.com>");
  BOOST_TEST((session->data(mta).kind() == Reply::Kind::accept));
  receipt();
  rcpt(
      "<ann@example.com>");  // a receipt may go to her, a newsletter may not: the header says which
  BOOST_TEST((session->data(mta).kind() == Reply::Kind::proceed));
  session->abort(mta);
  receipts.recipients_only = {"*@our.example"};
  mail("<till@receipts.example>");
  rcpt("<bob@example.com>");
  BOOST_TEST((session->data(mta).kind() == Reply::Kind::proceed));
}

BOOST_FIXTURE_TEST_CASE(held_mail_says_why_and_names_nobody, test::Relay) {
  config.streams = {named("default", OnOptedOut::hold)};
  mail();
  rcpt("<ann@example.com>");
  BOOST_TEST(end() == "proceed");
  const std::string why = "optout; recipients=1/1; stream=default";
  BOOST_TEST(mta.held == why);
  BOOST_TEST(mta.added == Texts{"X-Optout-Hold: " + why}, boost::test_tools::per_element());
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(tagged_mail_goes_out_and_says_so, test::Relay) {
  config.streams = {named("default", OnOptedOut::tag)};
  store->add_as_others_do("rob@example.com", SetName("bounce"));
  mail();
  for (const char* address : {"<ann@example.com>", "<rob@example.com>", "<bob@example.com>"})
    BOOST_TEST(rcpt(address) == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added == Texts{"X-Optout: optout, bounce; recipients=2/3; stream=default"},
             boost::test_tools::per_element());
  BOOST_TEST(mta.held.empty());
  mta.added.clear();
  mail();
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_held_or_tagged_is_deferred, test::Relay) {
  mta.can_edit = false;
  for (const OnOptedOut way : {OnOptedOut::hold, OnOptedOut::tag}) {
    config.streams = {named("default", way)};
    mail();
    rcpt("<ann@example.com>");
    BOOST_TEST(end().starts_with("451 4.3.0 "));
  }
}

BOOST_FIXTURE_TEST_CASE(a_staging_host_mails_nobody_else, test::Relay) {
  config.streams.front().recipients_only = {"*@our.example"};
  const std::string refused = "550 5.7.1 this sender may not mail this recipient [recipients_only]";
  mail();
  BOOST_TEST(rcpt("<bob@example.com>") == refused);
  BOOST_TEST(rcpt("<bob@our.example>") == "proceed");
  BOOST_TEST(end() == "proceed");
  config.streams.front().on_opted_out = OnOptedOut::strip;
  mail("<>");  // not even a bounce gets out
  rcpt("<bob@example.com>");
  session->header("Content-Type", "multipart/report");
  BOOST_TEST(end() == refused);
}

BOOST_FIXTURE_TEST_CASE(AD_10_what_the_mta_calls_its_own_people_is_no_address_to_judge_by,
                        test::Relay) {
  config.streams.front().recipients_only = {"*@our.example"};
  mail();
  mta.macros["{rcpt_addr}"] = "ann";  // as Sendmail says of its local users
  BOOST_TEST(rcpt("<ann@our.example>") == "proceed");
  BOOST_TEST(rcpt("<ann@example.net>").ends_with("[recipients_only]"));
  mta.macros["{rcpt_addr}"] = "ann@our.example";
  BOOST_TEST(rcpt("<ann%our.example>") == "proceed");
}

BOOST_FIXTURE_TEST_CASE(SC_19_no_address_is_taken_off_where_the_stream_that_wins_enforces,
                        RefusingShop) {
  newsletters.mode = Mode::monitor;
  for (const char* list : {"", "news.example.com"}) {
    if (*list == '\0') {
      mail();
    } else {
      newsletter(list);
    }
    BOOST_TEST(rcpt("<\"a\tb\"@example.com>") == "proceed");
    BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
    BOOST_TEST(end() == "proceed");
    BOOST_TEST(mta.deleted.size() == (*list == '\0' ? 1U : 0U));
    mta.deleted.clear();
  }
}

BOOST_FIXTURE_TEST_CASE(a_stream_that_is_only_monitored_changes_nothing, RefusingShop) {
  for (Stream& stream : config.streams)
    stream.mode = stream.name == "newsletters" ? Mode::monitor : Mode::enforce;
  newsletter("news.example.com");
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");  // what may be changed, the header says
  BOOST_TEST(end() == kRefused);
}

BOOST_FIXTURE_TEST_CASE(on_outage_is_the_choice_of_the_stream_that_wins, RefusingShop) {
  receipts.on_outage = OnOutage::accept;
  store->fail_with(Error{Fault::timeout, "late"});
  receipt();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
  receipt();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  session->header("List-Id", "<news.example.com>");
  BOOST_TEST(end().starts_with("451 4.3.0 "));
  mta.macros["{auth_authen}"] = "crm";
  mail();
  BOOST_TEST(rcpt("<ann@example.com>").starts_with("451 4.3.0 "));
}

BOOST_FIXTURE_TEST_CASE(who_could_not_be_asked_about_is_asked_about_again, test::Relay) {
  config.streams.front().on_outage = OnOutage::accept;
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  store->fail_with(std::nullopt);
  BOOST_TEST(end() == kRefused);
}

BOOST_FIXTURE_TEST_CASE(AT_27_a_tenant_obeys_its_own_opt_outs_only, test::Relay) {
  Stream acme = named("acme");
  acme.tenant = "acme";
  acme.when.sender = {"*@acme.example"};
  config.streams = {acme, named("default")};
  store->add_as_others_do("joe@example.com", SetName("global", "acme"));
  mail("<shop@acme.example>");
  BOOST_TEST(rcpt("<joe@example.com>") == kRefused);
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  mail("<shop@our.example>");
  BOOST_TEST(rcpt("<joe@example.com>") == "proceed");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
