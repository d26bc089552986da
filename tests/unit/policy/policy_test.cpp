// The rules, one row each; the table reads like the documentation.

#include "policy/policy.h"

#include <boost/test/unit_test.hpp>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Action action) {
  return out << to_string(action);
}
std::ostream& boost_test_print_type(std::ostream& out, Exemption why) {
  return out << to_string(why);
}

namespace {

const Envelope kOrdinary;
const Envelope kPickup{.null_sender = false, .pickup = true};
const Envelope kNullSender{.null_sender = true, .pickup = false};

Stream stream(OnOptedOut on_opted_out, OnMixed on_mixed = OnMixed::strip,
              OnOutage on_outage = OnOutage::defer) {
  Stream stream;
  stream.on_opted_out = on_opted_out;
  stream.on_mixed = on_mixed;
  stream.on_outage = on_outage;
  return stream;
}

const Stream kReject = stream(OnOptedOut::reject);
const Stream kStrip = stream(OnOptedOut::strip);
const Error kAway{Fault::unreachable, "away"};
const Answer kListed =
    Listing{.set = SetName::global(), .member = "ann@example.com", .evidence = {}};
const Answer kNotListed;

std::string names(const std::vector<SetName>& sets) {
  std::string text;
  for (const SetName& set : sets)
    text += (text.empty() ? "" : " ") + std::string(set.text());
  return text;
}

// "accept: accept strip", "reject": the message's verdict, then its recipients' where it is
// accepted.
std::string judged(const Stream& stream, const Result<std::vector<Answer>>& answers) {
  const MessageVerdict verdict = judge_message(stream, answers);
  std::string text(to_string(verdict.message.action));
  if (verdict.message.action != Action::accept) return text;
  for (const Verdict& recipient : verdict.recipients)
    text += " " + std::string(to_string(recipient.action));
  return text;
}

using Answers = std::vector<Answer>;

}  // namespace

BOOST_AUTO_TEST_SUITE(policy)

BOOST_AUTO_TEST_CASE(when_a_recipient_is_decided) {
  BOOST_TEST(decides_at_recipient(kReject, kOrdinary));
  BOOST_TEST(!decides_at_recipient(kStrip, kOrdinary));
  BOOST_TEST(!decides_at_recipient(kReject, kPickup));      // SC-13
  BOOST_TEST(!decides_at_recipient(kReject, kNullSender));  // SC-15: only headers tell a bounce
}

BOOST_AUTO_TEST_CASE(when_headers_can_still_matter) {
  Stream without_list = kReject;
  without_list.honours = {"global", "bounce"};
  BOOST_TEST(needs_headers(kReject, kOrdinary));
  BOOST_TEST(!needs_headers(without_list, kOrdinary));
  BOOST_TEST(needs_headers(without_list, kNullSender));
}

BOOST_AUTO_TEST_CASE(which_sets_are_asked_when) {
  Stream all = kReject;
  all.name = "news";
  all.honours = {"global", "stream", "list", "bounce", "list:a.b", "key:crm:gone"};
  BOOST_TEST(names(sets_at_recipient(all)) == "global stream:news bounce list:a.b key:crm:gone");
  BOOST_TEST(names(sets_at_end(all, true, "x.y")) == "list:x.y");
  BOOST_TEST(names(sets_at_end(all, true, std::nullopt)) == "");
  BOOST_TEST(names(sets_at_end(all, false, "x.y")) ==
             "global stream:news list:x.y bounce list:a.b key:crm:gone");
  Stream receipts = kReject;
  receipts.honours = {"bounce", "block"};
  BOOST_TEST(names(sets_at_end(receipts, false, "x.y")) ==
             "bounce block");  // an exempt stream obeys no opt-out
}

BOOST_AUTO_TEST_CASE(LG_05_the_default_stream_is_suppressible) {
  BOOST_TEST(names(sets_at_end(Stream{}, false, "x.y")) ==
             "global list:x.y complaint bounce block");
}

BOOST_AUTO_TEST_CASE(what_an_answer_at_rcpt_means) {
  BOOST_TEST(judge_recipient(kReject, kNotListed).action == Action::accept);
  BOOST_TEST(judge_recipient(kReject, kListed).action == Action::reject);
  BOOST_TEST(judge_recipient(kReject, kAway).action == Action::defer);
  const Verdict unchecked =
      judge_recipient(stream(OnOptedOut::reject, OnMixed::strip, OnOutage::accept), kAway);
  BOOST_TEST(unchecked.action == Action::accept);
  BOOST_TEST((unchecked.fault == kAway));  // never silently
}

BOOST_AUTO_TEST_CASE(what_the_answers_at_end_of_message_mean) {
  const Stream all_or_nothing = stream(OnOptedOut::reject, OnMixed::reject);
  BOOST_TEST(judged(kReject, Answers{kNotListed, kNotListed}) == "accept accept accept");
  BOOST_TEST(judged(kReject, Answers{kListed, kNotListed}) == "accept strip accept");
  BOOST_TEST(judged(kReject, Answers{kListed, kListed}) == "reject");
  BOOST_TEST(judged(all_or_nothing, Answers{kListed, kNotListed}) == "reject");
  BOOST_TEST(judged(all_or_nothing, Answers{kNotListed}) == "accept accept");
  BOOST_TEST(judged(kStrip, Answers{kNotListed, kListed}) == "accept accept strip");
  BOOST_TEST(judged(kStrip, Answers{kListed, kListed}) ==
             "reject");  // SC-09: never 250 with nobody left
  BOOST_TEST(judged(kStrip, Answers{kListed}) == "reject");
  BOOST_TEST(judged(kStrip, Answers{}) == "accept");
  BOOST_TEST(judged(kStrip, kAway) == "defer");
  BOOST_TEST(judged(stream(OnOptedOut::strip, OnMixed::strip, OnOutage::accept), kAway) ==
             "accept");
}

BOOST_AUTO_TEST_CASE(the_order_of_recipients_does_not_matter) {
  for (const Stream& each : {kReject, kStrip, stream(OnOptedOut::reject, OnMixed::reject)}) {
    const MessageVerdict forward = judge_message(each, Answers{kListed, kNotListed, kNotListed});
    const MessageVerdict backward = judge_message(each, Answers{kNotListed, kNotListed, kListed});
    BOOST_TEST(forward.message.action == backward.message.action);
    BOOST_TEST((forward.recipients.front() == backward.recipients.back()));
  }
}

BOOST_AUTO_TEST_CASE(AD_07_the_bare_postmaster_is_never_looked_up_and_a_remote_one_is) {
  const std::vector<std::string> ours{"our.example"};
  const auto exempt = [&](std::string_view path) { return exemption(lookup_key(path), ours); };
  BOOST_TEST(exempt("<PostMaster>") == Exemption::postmaster);
  BOOST_TEST(exempt("<postmaster@Our.Example>") == Exemption::postmaster);
  BOOST_TEST(exempt("<abuse@our.example>") == Exemption::postmaster);
  BOOST_TEST(exempt("<postmaster@example.com>") == Exemption::none);
  BOOST_TEST(exempt("<notpostmaster@our.example>") == Exemption::none);
  BOOST_TEST(exempt("<ann@our.example>") == Exemption::none);
}

BOOST_AUTO_TEST_CASE(SC_15_a_null_sender_passes_only_as_a_bounce_or_an_automatic_answer) {
  HeaderFacts plain;
  HeaderFacts report;
  report.add("Content-Type", "multipart/report; report-type=delivery-status");
  BOOST_TEST(exemption(kNullSender, report) == Exemption::automatic_report);
  BOOST_TEST(exemption(kNullSender, plain) == Exemption::none);
  BOOST_TEST(exemption(kOrdinary, report) == Exemption::none);
}

BOOST_AUTO_TEST_CASE(a_verdict_can_be_read) {
  BOOST_TEST(to_string(Verdict::strip(*kListed)) == "strip (set global)");
  BOOST_TEST(to_string(Verdict::defer(kAway)) == "defer (fault unreachable)");
  BOOST_TEST(to_string(Verdict::exempt(Exemption::postmaster)) == "accept (exempt postmaster)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
