// A message from MAIL to its end, of the one stream that takes all mail.

#include "relay_in_memory.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using test::Relay;

struct StrippingRelay : Relay {
  StrippingRelay() { config.streams.front().on_opted_out = OnOptedOut::strip; }
};

const std::string kRefused = "550 5.7.1 recipient has opted out of this mail [optout]";
const std::string kCannotTell =
    "451 4.3.0 cannot tell whether this recipient has opted out; try again later";
using Addresses = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(message)

BOOST_FIXTURE_TEST_CASE(SC_01_the_opted_out_recipient_is_refused_and_the_other_gets_the_mail,
                        Relay) {
  mail();
  BOOST_TEST(rcpt("<Ann@Example.COM>") == kRefused);
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(OC_20_a_list_opt_out_is_decided_when_the_list_is_known, Relay) {
  mail();
  BOOST_TEST(rcpt("<eve@example.com>") == "proceed");
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  session->header("List-Id", "News <news.example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"<eve@example.com>"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(OC_20_mail_of_another_list_or_none_reaches_her, Relay) {
  for (const char* list : {"<offers.example.com>", ""}) {
    mail();
    BOOST_TEST(rcpt("<eve@example.com>") == "proceed");
    if (*list != '\0') session->header("List-Id", list);
    BOOST_TEST(end() == "proceed");
  }
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(SC_09_a_message_with_nobody_left_is_refused, StrippingRelay) {
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(end() == kRefused);
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(what_is_stripped_is_deleted_to_the_octet_as_it_was_given, StrippingRelay) {
  mail();
  for (const char* address :
       {"<Ann@Example.COM>", "<\"ann\"@example.com>", "ann@example.com", "<bob@example.com>"}) {
    BOOST_TEST(rcpt(address) == "proceed");
  }
  BOOST_TEST(end() == "proceed");
  const Addresses expected{"<Ann@Example.COM>", "<\"ann\"@example.com>", "ann@example.com"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(AD_06_a_source_route_is_deleted_in_both_forms, StrippingRelay) {
  mail();
  rcpt("<@relay.example,@b.example:ann@example.com>");
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
  const Addresses expected{"<@relay.example,@b.example:ann@example.com>", "<ann@example.com>"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(AD_06_a_route_through_a_literal_or_behind_a_space_is_deleted_too,
                        StrippingRelay) {
  mail();
  rcpt("<@[IPv6:2001:db8::7]:ann@example.com>");
  rcpt("< @relay.example:ann@example.com >");
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
  const Addresses expected{"<@[IPv6:2001:db8::7]:ann@example.com>", "<ann@example.com>",
                           "< @relay.example:ann@example.com >", "<ann@example.com>"};
  BOOST_TEST(mta.deleted == expected, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_recipient_that_cannot_be_removed_defers_the_message, StrippingRelay) {
  mta.can_edit = false;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  BOOST_TEST(end().starts_with("451 4.3.0 "));
}

BOOST_FIXTURE_TEST_CASE(SC_13_pickup_mail_is_never_refused_at_rcpt, Relay) {
  mta.macros["{daemon_port}"] = "0";
  mail();
  BOOST_TEST(rcpt("ann@example.com") == "proceed");
  BOOST_TEST(rcpt("bob@example.com") == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"ann@example.com"}, boost::test_tools::per_element());
  store->fail_with(Error{Fault::unreachable, "away"});
  mail();
  BOOST_TEST(rcpt("ann@example.com") == "proceed");
  BOOST_TEST(end() == kCannotTell);
}

BOOST_FIXTURE_TEST_CASE(SC_03_when_the_store_cannot_tell_the_mail_waits, Relay) {
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  BOOST_TEST(rcpt("<bob@example.com>") == kCannotTell);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_cannot_be_looked_up_any_more_defers_the_message, Relay) {
  mail();
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  session->header("List-Id", "<news.example.com>");
  store->fail_with(Error{Fault::timeout, "late"});
  BOOST_TEST(end() == kCannotTell);
}

BOOST_FIXTURE_TEST_CASE(on_outage_accept_lets_mail_out_unchecked, Relay) {
  config.streams.front().on_outage = OnOutage::accept;
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
}

BOOST_FIXTURE_TEST_CASE(monitor_mode_changes_nothing, Relay) {
  config.streams.front().mode = Mode::monitor;
  mail();
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(rcpt("<eve@example.com>") == "proceed");
  session->header("List-Id", "<news.example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  BOOST_TEST(rcpt("<user\x07@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
}

BOOST_FIXTURE_TEST_CASE(AD_07_the_postmaster_gets_mail_even_when_nothing_can_be_told, Relay) {
  config.our_domains = {"our.example"};
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  BOOST_TEST(rcpt("<postmaster>") == "proceed");
  BOOST_TEST(rcpt("<Abuse@our.example>") == "proceed");
  BOOST_TEST(rcpt("<postmaster@example.com>") == kCannotTell);
}

BOOST_FIXTURE_TEST_CASE(SC_15_a_bounce_passes_and_a_bare_null_sender_does_not, Relay) {
  mail("<>");
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  session->header("Content-Type", "multipart/report; report-type=delivery-status");
  BOOST_TEST(end() == "proceed");
  mail("<>");
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(end() == kRefused);
}

BOOST_FIXTURE_TEST_CASE(SC_15_what_goes_to_several_is_no_bounce_whatever_it_says, StrippingRelay) {
  mail("<>");
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  session->header("Auto-Submitted", "auto-replied");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"<ann@example.com>"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(SC_16_nothing_of_a_message_survives_into_the_next, StrippingRelay) {
  mail();
  rcpt("<ann@example.com>");
  session->header("List-Id", "<news.example.com>");
  session->abort(mta);
  session->abort(mta);  // MTAs abort twice, or never
  mail();
  rcpt("<eve@example.com>");
  BOOST_TEST(end() == "proceed");
  mail();
  rcpt("<ann@example.com>");
  mail();  // and without an abort
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(steps_out_of_order_are_deferred_not_believed, Relay) {
  mail();
  session->abort(mta);
  BOOST_TEST(rcpt("<bob@example.com>").starts_with("451 4.3.0 "));
  BOOST_TEST(end().starts_with("451 4.3.0 "));
  BOOST_TEST(session->data(mta).to_string().starts_with("451 4.3.0 "));
}

BOOST_FIXTURE_TEST_CASE(a_failure_in_a_step_without_reply_defers_the_message, Relay) {
  mail();
  rcpt("<bob@example.com>");
  session->spoil();
  BOOST_TEST(end().starts_with("451 4.3.0 "));
  mail();
  rcpt("<bob@example.com>");
  BOOST_TEST(end() == "proceed");
}

BOOST_FIXTURE_TEST_CASE(SC_19_an_address_that_is_none_is_refused_as_such, Relay) {
  mail();
  BOOST_TEST(rcpt("<@example.com>").starts_with("553 5.1.3 "));
  mta.macros["{daemon_port}"] = "0";
  mail();
  BOOST_TEST(rcpt("<@example.com>") == "proceed");
  BOOST_TEST(end().starts_with("553 5.1.3 "));
}

BOOST_FIXTURE_TEST_CASE(SC_19_where_rcpt_cannot_say_so_it_is_taken_off_for_the_sake_of_others,
                        StrippingRelay) {
  mail("<shop@our.example>", false);
  BOOST_TEST(rcpt("<\"a\tb\"@example.com>") == "proceed");
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"<\"a\tb\"@example.com>"}, boost::test_tools::per_element());
  mail("<shop@our.example>", false);
  rcpt("<@example.com>");
  rcpt("<ann@example.com>");
  BOOST_TEST(end() == kRefused);  // nobody is left
  mail("<shop@our.example>", false);
  rcpt("<@example.com>");
  BOOST_TEST(end().starts_with("553 5.1.3 "));
  mta.can_edit = false;
  mail("<shop@our.example>", false);
  rcpt("<@example.com>");
  rcpt("<bob@example.com>");
  BOOST_TEST(end().starts_with("451 4.3.0 "));
}

BOOST_FIXTURE_TEST_CASE(SC_19_no_address_in_pickup_mail_costs_others_nothing, Relay) {
  mta.macros["{daemon_port}"] = "0";
  config.streams.front().on_mixed = OnMixed::reject;  // of people who have opted out
  mail();
  rcpt("\"a\tb\"@example.com");
  rcpt("bob@example.com");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"\"a\tb\"@example.com"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(where_no_header_matters_the_message_is_accepted_at_data, Relay) {
  config.streams.front().honours = {"global", "bounce"};
  mail();
  rcpt("<bob@example.com>");
  BOOST_TEST((session->data(mta).kind() == Reply::Kind::accept));
  BOOST_TEST(activity.messages() == 0);
  mail("<>");  // of a null sender, headers matter
  rcpt("<bob@example.com>");
  BOOST_TEST((session->data(mta).kind() == Reply::Kind::proceed));
}

BOOST_FIXTURE_TEST_CASE(where_rcpt_was_negotiated_away_everything_is_decided_at_the_end, Relay) {
  mail("<shop@our.example>", false);
  BOOST_TEST(rcpt("<ann@example.com>") == "proceed");
  BOOST_TEST(rcpt("<bob@example.com>") == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Addresses{"<ann@example.com>"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(while_stopping_new_messages_are_sent_away_and_old_ones_finish, Relay) {
  mail();
  rcpt("<bob@example.com>");
  activity.send_new_messages_away();
  BOOST_TEST(end() == "proceed");
  mail();
  BOOST_TEST(rcpt("<bob@example.com>").starts_with("421 4.3.2 "));
  BOOST_TEST(activity.messages() == 1);
  session->abort(mta);
  BOOST_TEST(activity.messages() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_message_keeps_the_rules_it_began_with, Relay) {
  mail();
  config.streams.front().mode = Mode::monitor;
  snapshot.set(make_snapshot(config, counted));
  BOOST_TEST(rcpt("<ann@example.com>") == kRefused);
}

BOOST_FIXTURE_TEST_CASE(SC_05_fifty_thousand_recipients_are_enough, StrippingRelay) {
  mail("<shop@our.example>", false);
  for (std::size_t i = 0; i <= kMostRecipients; ++i)
    session->recipient("<r" + std::to_string(i) + "@example.com>", mta);
  BOOST_TEST(end().starts_with("550 5.5.3 "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
