// What holds for every stream and every answer, shown on random ones.
// RC_PARAMS="max_success=100000" searches harder.

#include "policy/policy.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

namespace optout {
namespace {

const char* const kSets[] = {"global", "list:a.b", "stream:news", "bounce", "block", "list:c.d"};

rc::Gen<Stream> any_stream() {
  return rc::gen::exec([] {
    Stream stream;
    stream.name = "news";
    stream.honours.clear();
    for (const char* set : {"global", "list", "stream", "bounce", "block", "list:c.d"}) {
      if (*rc::gen::inRange(0, 2) == 0) stream.honours.emplace_back(set);
    }
    stream.on_opted_out =
        *rc::gen::element(OnOptedOut::reject, OnOptedOut::strip, OnOptedOut::hold, OnOptedOut::tag);
    stream.on_mixed = *rc::gen::element(OnMixed::strip, OnMixed::reject, OnMixed::hold);
    stream.on_outage = *rc::gen::element(OnOutage::defer, OnOutage::accept);
    if (*rc::gen::inRange(0, 4) == 0) stream.recipients_only = {"ann@*"};
    return stream;
  });
}

rc::Gen<Answer> any_answer() {
  return rc::gen::exec([] {
    Answer answer;
    for (const char* set : kSets) {
      if (*rc::gen::inRange(0, 4) == 0)
        answer.push_back({.set = SetName(set), .member = "ann@example.com", .evidence = {}});
    }
    return answer;
  });
}

rc::Gen<Standing> any_standing() {
  return rc::gen::exec([] {
    Standing standing{.may_be_mailed = *rc::gen::inRange(0, 5) != 0, .listed = *any_answer()};
    if (*rc::gen::inRange(0, 6) == 0) standing.fault = Error{Fault::timeout, "late"};
    return standing;
  });
}

bool is_honoured(const Stream& stream, const Answer& answer) {
  const auto sets = sets_at_end(stream, {}, "a.b");
  return std::any_of(answer.begin(), answer.end(), [&](const Listing& listing) {
    return std::find(sets.begin(), sets.end(), listing.set) != sets.end();
  });
}

bool gets_the_mail(const MessageVerdict& verdict, std::size_t i) {
  if (verdict.message.action != Action::accept) return false;
  const Action action = verdict.recipients.at(i).action;
  return action == Action::accept || action == Action::tag;
}

template <typename Property>
void holds(Property property) {
  BOOST_TEST(rc::check(property));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_properties)

BOOST_AUTO_TEST_CASE(an_opted_out_recipient_of_an_honoured_set_never_gets_the_mail) {
  holds([] {
    const Stream stream = *any_stream();
    RC_PRE(stream.on_opted_out != OnOptedOut::tag);  // the administrator asked for it
    const auto recipients = *rc::gen::container<std::vector<Standing>>(any_standing());
    const auto verdict = judge_message(stream, "a.b", recipients);
    for (std::size_t i = 0; i < recipients.size(); ++i)
      RC_ASSERT(!is_honoured(stream, recipients[i].listed) ||
                verdict.message.action == Action::defer || !gets_the_mail(verdict, i));
  });
}

BOOST_AUTO_TEST_CASE(nobody_is_lost_who_is_in_no_honoured_set) {
  holds([] {
    const Stream stream = *any_stream();
    const auto recipients = *rc::gen::container<std::vector<Standing>>(any_standing());
    const auto verdict = judge_message(stream, "a.b", recipients);
    for (std::size_t i = 0; i < recipients.size(); ++i) {
      if (!recipients[i].may_be_mailed || is_honoured(stream, recipients[i].listed)) continue;
      if (verdict.message.action == Action::defer) break;  // nobody can tell of somebody
      RC_ASSERT(verdict.recipients[i].action == Action::accept);
      // With others in the message, only on_mixed may keep it back.
      RC_ASSERT(verdict.message.action == Action::accept || stream.on_mixed != OnMixed::strip);
    }
  });
}

BOOST_AUTO_TEST_CASE(an_exempt_stream_is_never_refused_for_an_opt_out) {
  holds([] {
    Stream receipts = *any_stream();
    receipts.honours = {"bounce", "block"};
    receipts.recipients_only.clear();
    Answer answer = *any_answer();
    std::erase_if(answer, [](const Listing& listing) {
      return listing.set.text() == "bounce" || listing.set.text() == "block";
    });
    const Stream* const candidates[] = {&receipts};
    const LookupKey ann = lookup_key("<ann@example.com>");
    RC_ASSERT(judge_recipient(candidates, ann, answer) == Verdict::accept());
    const std::vector<Standing> alone{{.may_be_mailed = true, .listed = answer}};
    RC_ASSERT(gets_the_mail(judge_message(receipts, "a.b", alone), 0));
  });
}

BOOST_AUTO_TEST_CASE(the_order_of_recipients_does_not_matter) {
  holds([] {
    const Stream stream = *any_stream();
    auto recipients = *rc::gen::container<std::vector<Standing>>(any_standing());
    const auto forward = judge_message(stream, "a.b", recipients);
    std::reverse(recipients.begin(), recipients.end());
    auto backward = judge_message(stream, "a.b", recipients);
    std::reverse(backward.recipients.begin(), backward.recipients.end());
    RC_ASSERT(forward.message.action == backward.message.action);
    RC_ASSERT(forward.recipients == backward.recipients);
  });
}

// What is said at RCPT cannot be taken back: so whichever stream wins must say the same.
BOOST_AUTO_TEST_CASE(a_refusal_at_rcpt_is_what_every_candidate_would_have_said) {
  holds([] {
    auto streams = *rc::gen::nonEmpty(rc::gen::container<std::vector<Stream>>(any_stream()));
    for (Stream& stream : streams)
      stream.on_opted_out = OnOptedOut::reject;
    std::vector<const Stream*> candidates;
    for (const Stream& stream : streams)
      candidates.push_back(&stream);
    RC_ASSERT(decides_at_recipient(candidates, {}));
    const Answer answer = *any_answer();
    const LookupKey recipient =
        lookup_key(*rc::gen::element("<ann@example.com>", "<bob@example.com>"));
    const Verdict at_recipient = judge_recipient(candidates, recipient, answer);
    RC_ASSERT(at_recipient.action == Action::accept || at_recipient.action == Action::reject);
    bool all_refuse = true;
    for (const Stream& stream : streams) {
      const std::vector<Standing> alone{
          {.may_be_mailed = may_be_mailed(stream, recipient), .listed = answer}};
      const auto at_end = judge_message(stream, std::nullopt, alone);
      all_refuse = all_refuse && at_end.message.action == Action::reject;
    }
    RC_ASSERT((at_recipient.action == Action::reject) == all_refuse);
  });
}

BOOST_AUTO_TEST_CASE(when_nobody_can_tell_it_is_as_the_administrator_says_for_whom_may_be_mailed) {
  holds([] {
    const Stream stream = *any_stream();
    auto recipients = *rc::gen::nonEmpty(rc::gen::container<std::vector<Standing>>(any_standing()));
    for (Standing& recipient : recipients) {
      recipient.listed.clear();
      recipient.fault = Error{Fault::timeout, "late"};
    }
    const auto verdict = judge_message(stream, "a.b", recipients);
    const bool all_barred =
        std::none_of(recipients.begin(), recipients.end(),
                     [](const Standing& standing) { return standing.may_be_mailed; });
    if (all_barred) {
      RC_ASSERT(verdict.message.action == Action::reject);
    } else if (stream.on_outage == OnOutage::defer) {
      RC_ASSERT(verdict.message.action == Action::defer);
    } else {
      for (std::size_t i = 0; i < recipients.size(); ++i)
        RC_ASSERT(recipients[i].may_be_mailed || !gets_the_mail(verdict, i));
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
