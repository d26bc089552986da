// The rules, one row each; the tables read like the documentation.

#include "policy/policy.h"

#include "policy/known_sets.h"
#include "spelled_streams.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Action action) {
  return out << to_string(action);
}
std::ostream& boost_test_print_type(std::ostream& out, Exemption why) {
  return out << to_string(why);
}

namespace {

using test::standing;
using test::stream;
using test::words;

const Error kAway{Fault::unreachable, "away"};
const LookupKey kAnn = lookup_key("<ann@example.com>");

struct Row {
  const char* streams;  // several, separated by '/', are candidates
  const char* facts;
  const char* outcome;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.streams << ": " << row.facts;
}

// At RCPT: the candidates, the sets the recipient is in, and what she is told.
const Row kAtRecipient[] = {
    {"reject", "-", "accept"},
    {"reject", "global", "reject (set global)"},          // SC-01
    {"reject", "bounce,global", "reject (set global)"},   // the first that is honoured says why
    {"reject honours=bounce,block", "global", "accept"},  // a receipt obeys no opt-out
    {"reject honours=bounce,block", "global,bounce", "reject (set bounce)"},
    {"reject", "stream:default", "accept"},  // an opt-out of a stream that is not obeyed
    {"reject honours=stream name=shop", "stream:shop", "reject (set stream:shop)"},
    {"reject honours=stream name=shop", "stream:news", "accept"},  // nor is another stream's
    {"reject honours=key:crm:gone", "key:crm:gone", "reject (set key:crm:gone)"},
    {"reject", "away", "defer (fault unreachable)"},  // SC-03
    {"reject outage=accept", "away", "accept (fault unreachable)"},
    {"reject", "bounce?", "defer (fault unreachable)"},
    {"reject", "bounce?,global", "reject (set global)"},
    {"reject honours=key:crm:gone / reject", "key:crm:gone?", "accept"},  // the end knows whose set
    {"reject honours=global,key:crm:gone / reject", "global,key:crm:gone?", "reject (set global)"},
    {"reject only=*@example.com", "-", "accept"},
    {"reject only=*@example.com", "global", "reject (set global)"},
    {"reject only=*@our.example", "-", "reject (recipients_only)"},
    {"reject only=*@our.example", "away", "reject (recipients_only)"},
    // Several streams can still win: refused only if each of them would.
    {"reject / reject honours=bounce", "global", "accept"},
    {"reject / reject honours=bounce", "bounce", "reject (set bounce)"},
    {"reject / reject honours=bounce", "bounce,global", "reject (set global)"},
    {"reject honours=block / reject honours=bounce", "bounce,block", "reject (set block)"},
    {"reject / reject honours=list", "global", "accept"},
    {"reject only=*@our.example / reject", "-", "accept"},
    {"reject only=*@our.example / reject", "global", "reject (recipients_only)"},
    {"reject / reject", "away", "defer (fault unreachable)"},
    {"reject outage=accept / reject", "away",
     "accept"},  // the end of the message knows whose choice it is
    {"reject only=*@our.example / reject", "away", "defer (fault unreachable)"},
    {"reject / reject tenant=acme", "global", "accept"},  // AT-27: acme has a set of its own
};

// At end of message: the stream, its recipients, and what becomes of the message and of each.
const Row kAtEnd[] = {
    {"reject", "- -", "accept: accept accept"},
    {"reject", "global -", "accept: strip accept"},
    {"reject", "global bounce", "reject: reject reject"},
    {"reject", "list:a.b -", "accept: strip accept"},
    {"reject", "list:c.d -", "accept: accept accept"},  // OC-20: the message is of the list a.b
    {"reject", "", "accept:"},
    {"reject", "away", "defer:"},
    {"reject", "- away", "defer:"},
    {"reject outage=accept", "away", "accept: accept"},
    // What is known counts, whatever else cannot be told.
    {"reject outage=accept", "away global -", "accept: accept strip accept"},
    {"reject outage=accept", "away barred", "accept: accept strip"},
    {"reject outage=accept", "global,bounce?", "reject: reject"},
    {"reject outage=accept", "bounce?", "accept: accept"},
    {"reject", "global,bounce?", "reject: reject"},
    {"reject", "bounce?", "defer:"},
    {"reject", "key:crm:gone?", "accept: accept"},  // a set that this stream does not obey
    {"reject mixed=reject", "global -", "reject: reject accept"},
    {"reject mixed=reject", "-", "accept: accept"},
    {"reject mixed=hold", "global -", "hold: hold accept"},
    {"reject mixed=hold", "global", "reject: reject"},
    {"strip", "- list:a.b", "accept: accept strip"},
    {"strip", "global global", "reject: reject reject"},  // SC-09: never 250 with nobody left
    {"strip mixed=reject", "global -", "accept: strip accept"},
    {"hold", "global", "hold: hold"},
    {"hold", "global -", "accept: strip accept"},
    {"hold mixed=hold", "global -", "hold: hold accept"},
    {"hold mixed=reject", "global -", "reject: reject accept"},
    {"tag", "global -", "accept: accept-and-tag accept"},
    {"tag", "global global", "accept: accept-and-tag accept-and-tag"},
    {"tag honours=bounce", "global", "accept: accept"},
    // recipients_only: nobody else, whatever becomes of those who have opted out.
    {"reject", "barred -", "accept: strip accept"},
    {"reject", "barred", "reject: reject"},
    {"reject mixed=reject", "barred -", "reject: reject accept"},
    {"strip", "barred global -", "accept: strip strip accept"},
    {"hold", "barred", "reject: reject"},
    {"hold", "barred global",
     "hold: strip hold"},  // whoever releases it does not mail the barred one
    {"hold mixed=hold", "barred -", "accept: strip accept"},
    {"tag", "barred global", "accept: strip accept-and-tag"},
    {"tag", "barred", "reject: reject"},
};

std::string names(const std::vector<SetName>& sets) {
  std::string text;
  for (const SetName& set : sets) {
    text += text.empty() ? "" : " ";
    text += set.tenant().empty() ? "" : std::string(set.tenant()) + "/";
    text += set.text();
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy)

BOOST_DATA_TEST_CASE(what_is_said_at_rcpt, boost::unit_test::data::make(kAtRecipient)) {
  std::vector<Stream> streams;
  std::string_view rest = sample.streams;
  while (!rest.empty()) {
    streams.push_back(stream(rest.substr(0, rest.find('/'))));
    rest.remove_prefix(std::min(rest.size(), rest.substr(0, rest.find('/')).size() + 1));
  }
  std::vector<const Stream*> candidates;
  for (const Stream& each : streams)
    candidates.push_back(&each);
  const std::string facts = sample.facts;
  const Result<Answer> answer =
      facts == "away" ? Result<Answer>(kAway) : Result<Answer>(standing(facts).listed);
  BOOST_TEST(to_string(judge_recipient(candidates, kAnn, answer)) == sample.outcome);
}

BOOST_DATA_TEST_CASE(what_becomes_of_a_message, boost::unit_test::data::make(kAtEnd)) {
  std::vector<Standing> recipients;
  for (const std::string& word : words(sample.facts))
    recipients.push_back(standing(word));
  const auto verdict = judge_message(stream(sample.streams), "a.b", recipients);
  std::string outcome = std::string(to_string(verdict.message.action)) + ":";
  for (const Verdict& recipient : verdict.recipients)
    outcome += " " + std::string(to_string(recipient.action));
  BOOST_TEST(outcome == sample.outcome);
}

BOOST_AUTO_TEST_CASE(when_a_recipient_is_decided) {
  const Stream reject = stream("reject");
  const Stream receipts = stream("reject honours=bounce,block");
  const Stream strip = stream("strip");
  const Stream monitored = stream("reject monitor");
  const auto decides = [](std::vector<const Stream*> candidates, const Envelope& envelope = {}) {
    return decides_at_recipient(candidates, envelope);
  };
  BOOST_TEST(decides({&reject}));
  BOOST_TEST(decides({&receipts, &reject}));
  BOOST_TEST(decides({&monitored}));
  BOOST_TEST(!decides({&strip}));
  BOOST_TEST(!decides({&reject, &strip}));
  BOOST_TEST(!decides({&reject, &monitored}));  // whether anything may be changed is not known yet
  BOOST_TEST(!decides({&reject}, {.pickup = true}));       // SC-13
  BOOST_TEST(!decides({&reject}, {.null_sender = true}));  // SC-15: only the header tells a bounce
}

BOOST_AUTO_TEST_CASE(when_headers_can_still_matter) {
  const Stream with_list = stream("reject");
  const Stream without = stream("reject honours=global,bounce");
  const Stream* const one[] = {&without};
  const Stream* const both[] = {&without, &with_list};
  BOOST_TEST(!needs_headers(one, {}));
  BOOST_TEST(needs_headers(both, {}));
  BOOST_TEST(needs_headers(one, {.null_sender = true}));
}

// Whatever is to be done with List-Unsubscribe is done at the end of the message.
BOOST_AUTO_TEST_CASE(who_changes_the_header_sees_the_message_and_still_refuses_at_rcpt) {
  const Stream receipts = stream("reject honours=global,bounce");
  for (const std::string what : {"add", "replace", "require"}) {
    const Stream changes = stream("reject honours=global,stream unsubscribe=" + what);
    const Stream* const one[] = {&changes};
    const Stream* const both[] = {&receipts, &changes};
    BOOST_TEST_CONTEXT(what) {
      BOOST_TEST(needs_headers(one, {}));
      BOOST_TEST(needs_headers(both, {}));
      BOOST_TEST(decides_at_recipient(one, {}));
      BOOST_TEST(decides_at_recipient(both, {}));
    }
  }
}

BOOST_AUTO_TEST_CASE(which_sets_are_asked_when) {
  const Stream news = stream("name=news honours=global,stream,list,bounce,list:a.b,key:crm:gone");
  const Stream receipts = stream("name=receipts honours=bounce,block");
  const Stream acme = stream("name=acme tenant=acme honours=global,stream,list,key:crm:gone");
  const SetName asked[] = {SetName("global"), SetName("bounce"), SetName("global", "acme")};
  BOOST_TEST(names(sets_at_end(news, {}, "x.y")) ==
             "global stream:news list:x.y bounce list:a.b key:crm:gone");
  BOOST_TEST(names(sets_at_end(news, asked, "x.y")) ==
             "stream:news list:x.y list:a.b key:crm:gone");
  BOOST_TEST(names(sets_at_end(news, asked, std::nullopt)) == "stream:news list:a.b key:crm:gone");
  BOOST_TEST(names(sets_at_end(receipts, {}, "x.y")) == "bounce block");
  BOOST_TEST(names(sets_at_end(acme, asked, "x.y")) ==
             "acme/stream:acme acme/list:x.y key:crm:gone");
}

BOOST_AUTO_TEST_CASE(what_is_asked_before_the_stream_is_known) {
  std::vector<Stream> streams{test::stream("name=receipts honours=bounce,block"),
                              test::stream("name=news honours=global,stream,list,bounce"),
                              test::stream("name=acme tenant=acme honours=global")};
  const KnownSets few(streams);
  const auto all_of = [](const std::vector<Stream>& all) {
    std::vector<const Stream*> candidates;
    for (const Stream& each : all)
      candidates.push_back(&each);
    return candidates;
  };
  BOOST_TEST(names(few.of(streams[1]).sets) == "global stream:news bounce");
  BOOST_TEST(names(few.of(all_of(streams)).sets) == "bounce block global stream:news acme/global");
  BOOST_TEST(few.of(all_of(streams)).complete);

  std::vector<Stream> many;
  for (int i = 0; i < 100; ++i)
    many.push_back(test::stream("honours=global,stream,block name=s" + std::to_string(i)));
  const KnownSets known(many);
  const SetsToAsk common = known.of(all_of(many));
  BOOST_TEST(names(common.sets) == "global block");
  BOOST_TEST(!common.complete);
}

BOOST_AUTO_TEST_CASE(LG_05_the_default_stream_is_suppressible) {
  const std::vector<std::string> everything{"global", "list", "complaint", "bounce", "block"};
  BOOST_TEST(Stream{}.honours == everything, boost::test_tools::per_element());
  BOOST_TEST((Stream{}.on_opted_out == OnOptedOut::reject));
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
  BOOST_TEST(exemption({.null_sender = true}, report) == Exemption::automatic_report);
  BOOST_TEST(exemption({.null_sender = true}, plain) == Exemption::none);
  BOOST_TEST(exemption({}, report) == Exemption::none);
}

BOOST_AUTO_TEST_CASE(who_may_be_mailed_at_all) {
  Stream staging;
  BOOST_TEST(may_be_mailed(staging, kAnn));
  staging.recipients_only = {"*@our.example", "ann@example.com"};
  BOOST_TEST(may_be_mailed(staging, kAnn));
  BOOST_TEST(may_be_mailed(staging, lookup_key("<Bob@OUR.example>")));
  BOOST_TEST(!may_be_mailed(staging, lookup_key("<bob@example.com>")));
  BOOST_TEST(!may_be_mailed(staging, lookup_key("<bob@our.example.evil.example>")));
}

BOOST_AUTO_TEST_CASE(a_message_is_held_for_an_opt_out_not_for_whom_it_is_taken_from) {
  const auto verdict = judge_message(stream("hold"), std::nullopt,
                                     std::vector<Standing>{standing("barred"), standing("global")});
  BOOST_TEST(to_string(verdict.message) == "hold (set global)");
}

BOOST_AUTO_TEST_CASE(a_verdict_can_be_read) {
  BOOST_TEST(to_string(Verdict::strip({SetName::global(), "", {}})) == "strip (set global)");
  BOOST_TEST(to_string(Verdict::exempt(Exemption::postmaster)) == "accept (exempt postmaster)");
  BOOST_TEST(to_string(Verdict::bar()) == "reject (recipients_only)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
