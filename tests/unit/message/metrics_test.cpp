// What is counted: each recipient and each message once, under the stream and by what became of it.

#include "message/counted_store.h"
#include "relay_in_memory.h"
#include "support/http.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

using test::metric_on;
using test::Relay;

struct Counted : Relay {
  double recipients(const std::string& action, const std::string& stream = "default") const {
    return value("recipients_total{stream=\"" + stream + "\",action=\"" + action + "\"}");
  }
  double messages(const std::string& action, const std::string& stream = "default") const {
    return value("messages_total{stream=\"" + stream + "\",action=\"" + action + "\"}");
  }
  double value(const std::string& metric) const {
    return metric_on(meters.text(), "optout_" + metric).value_or(-1);
  }
  Stream& stream() { return config.streams.front(); }
  // Newsletters are told by their List-Id, everything else is of the default stream.
  void add_newsletters() {
    Stream newsletters;
    newsletters.name = "newsletters";
    newsletters.when.header = {{"list-id", {"*.example.com"}}};
    config.streams.insert(config.streams.begin(), newsletters);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(message_metrics, Counted)

BOOST_AUTO_TEST_CASE(who_is_refused_at_rcpt_and_who_is_accepted) {
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  rcpt("<carl@example.com>");
  end();
  BOOST_TEST(recipients("reject") == 1);
  BOOST_TEST(recipients("accept") == 2);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(opted_out_recipients_are_counted_by_kind_of_set_wherever_they_are_decided) {
  const auto of_kind = [&](const std::string& kind) {
    return value("opted_out_recipients_total{stream=\"default\",set=\"" + kind + "\"}");
  };
  stream().on_opted_out = OnOptedOut::strip;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(of_kind("global") == 1);
  stream().on_opted_out = OnOptedOut::reject;
  stream().mode = Mode::monitor;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(of_kind("global") == 2);
  BOOST_TEST(of_kind("list") == 0);
  BOOST_TEST(of_kind("stream") == -1);  // not honoured
}

BOOST_AUTO_TEST_CASE(who_is_accepted_at_data) {
  stream().honours = {"global"};
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  BOOST_TEST(session->data(mta).to_string() == "accept");
  BOOST_TEST(recipients("reject") == 1);
  BOOST_TEST(recipients("accept") == 1);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(who_is_stripped_and_a_message_of_which_nobody_is_left) {
  stream().on_opted_out = OnOptedOut::strip;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("strip") == 1);
  BOOST_TEST(recipients("accept") == 1);
  mail();
  rcpt("<ann@example.com>");
  end();
  BOOST_TEST(recipients("reject") == 1);
  BOOST_TEST(messages("reject") == 1);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(who_is_tagged) {
  stream().on_opted_out = OnOptedOut::tag;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("accept-and-tag") == 1);
  BOOST_TEST(recipients("accept") == 1);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(all_share_the_fate_of_a_message_that_is_refused_or_held_as_a_whole) {
  stream().on_opted_out = OnOptedOut::hold;
  stream().on_mixed = OnMixed::hold;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(mta.held != "");
  BOOST_TEST(recipients("hold") == 2);
  BOOST_TEST(messages("hold") == 1);
  stream().on_opted_out = OnOptedOut::reject;
  stream().on_mixed = OnMixed::reject;
  mail();
  session->recipient("<eve@example.com>", mta);
  rcpt("<bob@example.com>");
  session->header("List-Id", "<news.example.com>");
  BOOST_TEST(end().starts_with("550"));
  BOOST_TEST(recipients("reject") == 2);
  BOOST_TEST(messages("reject") == 1);
  BOOST_TEST(recipients("accept") == 0);
}

BOOST_AUTO_TEST_CASE(monitor_mode_counts_what_it_would_have_done_and_whom_only_once) {
  stream().mode = Mode::monitor;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<eve@example.com>");
  rcpt("<bob@example.com>");
  session->header("List-Id", "<news.example.com>");
  end();
  BOOST_TEST(recipients("would-reject") == 1);
  BOOST_TEST(recipients("would-strip") == 1);
  BOOST_TEST(recipients("accept") == 1);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(monitor_mode_asks_again_during_an_outage_and_counts_once) {
  stream().mode = Mode::monitor;
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("would-defer") == 1);
  BOOST_TEST(messages("would-defer") == 1);
  mail();
  rcpt("<bob@example.com>");
  store->fail_with(std::nullopt);
  end();
  BOOST_TEST(recipients("would-defer") == 1);
  BOOST_TEST(recipients("accept") == 1);
}

BOOST_AUTO_TEST_CASE(an_outage_defers_at_rcpt_and_at_the_end) {
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  rcpt("<bob@example.com>");
  rcpt("<carl@example.com>");
  BOOST_TEST(recipients("defer") == 2);
  mail("<>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("defer") == 3);
  BOOST_TEST(messages("defer") == 1);
}

BOOST_AUTO_TEST_CASE(who_goes_out_unchecked_is_counted_as_that_too) {
  stream().on_outage = OnOutage::accept;
  store->fail_with(Error{Fault::timeout, "late"});
  mail();
  rcpt("<bob@example.com>");
  rcpt("<carl@example.com>");
  end();
  BOOST_TEST(value("unchecked_recipients_total{stream=\"default\"}") == 2);
  BOOST_TEST(recipients("accept") == 2);
}

BOOST_AUTO_TEST_CASE(an_mta_that_lets_nothing_be_changed_means_deferred) {
  stream().on_opted_out = OnOptedOut::strip;
  mta.can_edit = false;
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("defer") == 2);
  BOOST_TEST(recipients("strip") == 0);
  BOOST_TEST(messages("defer") == 1);
}

BOOST_AUTO_TEST_CASE(what_is_no_address_is_counted_as_stripped_or_as_the_message) {
  stream().on_opted_out = OnOptedOut::strip;
  for (const char* other : {"<bob@example.com>", "<ann@example.com>"}) {
    mail("<shop@our.example>", false);
    rcpt("<@example.com>");
    rcpt(other);
    end();
  }
  BOOST_TEST(recipients("strip") == 1);
  BOOST_TEST(recipients("accept") == 1);
  BOOST_TEST(recipients("reject") == 2);
}

BOOST_AUTO_TEST_CASE(exempt_mail_is_accepted_mail) {
  mail("<>");
  rcpt("<ann@example.com>");
  session->header("Auto-Submitted", "auto-replied");
  end();
  BOOST_TEST(recipients("accept") == 1);
  BOOST_TEST(messages("accept") == 1);
}

BOOST_AUTO_TEST_CASE(while_several_streams_can_win_the_first_one_counts_and_then_the_one_that_won) {
  add_newsletters();
  mail();
  rcpt("<ann@example.com>");
  rcpt("<bob@example.com>");
  end();
  BOOST_TEST(recipients("reject", "newsletters") == 1);
  BOOST_TEST(recipients("accept", "default") == 1);
  BOOST_TEST(messages("accept", "default") == 1);
  BOOST_TEST(messages("accept", "newsletters") == 0);
}

BOOST_AUTO_TEST_CASE(a_monitored_stream_only_would_and_the_others_do) {
  add_newsletters();
  config.streams.front().mode = Mode::monitor;
  for (const char* list : {"<news.example.com>", ""}) {
    mail();
    rcpt("<ann@example.com>");
    if (*list != '\0') session->header("List-Id", list);
    end();
  }
  BOOST_TEST(recipients("would-reject", "newsletters") == 1);
  BOOST_TEST(messages("would-reject", "newsletters") == 1);
  BOOST_TEST(recipients("reject", "default") == 1);
  BOOST_TEST(recipients("reject", "newsletters") == -1);  // not even on the page
  BOOST_TEST(recipients("would-reject", "default") == -1);
}

BOOST_AUTO_TEST_CASE(a_reload_sets_nothing_back) {
  mail();
  rcpt("<ann@example.com>");
  mail();  // with a new snapshot
  rcpt("<ann@example.com>");
  BOOST_TEST(recipients("reject") == 2);
}

BOOST_AUTO_TEST_CASE(what_was_called_off_is_not_counted) {
  mail();
  rcpt("<bob@example.com>");
  session->abort(mta);
  BOOST_TEST(recipients("accept") == 0);
  BOOST_TEST(messages("accept") == 0);
}

BOOST_AUTO_TEST_CASE(lookups_are_counted_by_recipient_and_failures_by_question) {
  auto memory = std::make_unique<MemoryStore>([] { return Instant{}; });
  MemoryStore& inner = *memory;
  static_cast<void>(inner.init("test"));
  inner.add_as_others_do("ann@example.com", SetName::global());
  const auto store_under_test = counted_store(std::move(memory), meters);
  const std::vector<Spellings> asked{
      {{"ann@example.com"}}, {{"bob@example.com"}}, {{"carl@example.com"}}};
  const std::vector<SetName> sets{SetName::global()};
  const auto answers = store_under_test->find(asked, sets);
  BOOST_REQUIRE(answers);
  BOOST_TEST(answers->front().size() == 1U);
  BOOST_TEST(value("lookups_total{answer=\"listed\"}") == 1);
  BOOST_TEST(value("lookups_total{answer=\"not_listed\"}") == 2);
  inner.fail_with(Error{Fault::master_down, "alone"});
  BOOST_TEST(!store_under_test->find(asked, sets));
  BOOST_TEST(value("lookups_total{answer=\"cannot_tell\"}") == 3);
  BOOST_TEST(value("lookup_failures_total{fault=\"master_down\"}") == 1);
  BOOST_TEST(value("lookup_failures_total{fault=\"timeout\"}") == 0);
  BOOST_TEST(value("lookup_seconds_count") == 2);
}

BOOST_AUTO_TEST_CASE(a_doubt_is_no_answer_unless_another_set_lists_her) {
  class Doubtful final : public test::CountingStore {
  public:
    Result<std::vector<Answer>> find(std::span<const Spellings>, std::span<const SetName>,
                                     FetchEvidence, redis::Companion*) override {
      const Listing doubt{SetName::global(), "", std::nullopt, Error{Fault::wrong_type, "string"}};
      const Listing listed{SetName::list("a.example"), "bob@example.com", std::nullopt, {}};
      return std::vector<Answer>{{doubt}, {doubt, listed}, {}};
    }
  };
  static_cast<void>(counted_store(std::make_unique<Doubtful>(), meters)->find({}, {}));
  BOOST_TEST(value("lookups_total{answer=\"cannot_tell\"}") == 1);
  BOOST_TEST(value("lookups_total{answer=\"listed\"}") == 1);
  BOOST_TEST(value("lookups_total{answer=\"not_listed\"}") == 1);
  BOOST_TEST(value("lookup_failures_total{fault=\"wrong_type\"}") == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
