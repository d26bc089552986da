#include "traffic/replay.h"

#include <boost/test/unit_test.hpp>

#include <numeric>

namespace optout {
namespace {

using namespace std::chrono_literals;

constexpr Told kAllTold{
    .messages = true, .subjects = true, .list_unsubscribe = true, .opted_out = true};

MailTime at(std::chrono::seconds since) {
  return MailTime(since + 1000h);
}

GuardOptions with(Limits limits) {
  GuardOptions options;
  options.limits = std::move(limits);
  return options;
}

const Limit kHundredAnHour{.most = 100, .window = 1h, .then = Step::hold};

struct Replayed {
  explicit Replayed(GuardOptions options, Told told = kAllTold,
                    std::vector<Stream> all = {Stream{}})
      : streams(std::move(all)), replay(streams, std::move(options), told) {}

  // A message to `count` people, the first of whom is number `first`.
  void mail(std::chrono::seconds when, Person first, std::size_t count,
            const std::string& auth = "crm") {
    replay.play(message(when, first, count, auth));
  }
  static PastMail message(std::chrono::seconds when, Person first, std::size_t count,
                          const std::string& auth = "crm") {
    PastMail mail{.at = at(when), .origin = {.auth = auth, .sender = "a@shop.example"}};
    mail.people.resize(count);
    std::iota(mail.people.begin(), mail.people.end(), first);
    return mail;
  }
  ReplayedLimit limit(const std::string& sender, const std::string& name) const {
    for (const ReplayedLimit& each : replay.results()) {
      if (each.sender == sender && each.limit.name() == name) return each;
    }
    BOOST_FAIL("nothing is known of " + name + " of " + sender);
    return {};
  }

  std::vector<Stream> streams;
  TrafficReplay replay;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(replay)

BOOST_AUTO_TEST_CASE(who_mails_too_many_trips_with_the_message_that_does_it) {
  Replayed past(with({kHundredAnHour}));
  for (int i = 0; i < 30; ++i)
    past.mail(std::chrono::seconds(i), static_cast<Person>(10 * i), 10);
  const ReplayedLimit limit = past.limit("auth:crm", "recipients/1h");
  BOOST_TEST(limit.trips == 1u);
  BOOST_TEST((limit.tripped_at == at(10s)));
  BOOST_TEST(limit.through == 100u);
  BOOST_TEST(limit.stopped == 200u);
  BOOST_TEST(limit.peak == 300u);
  BOOST_TEST((limit.peak_at == at(29s)));
}

BOOST_AUTO_TEST_CASE(who_keeps_to_the_limit_does_not_trip_and_the_peak_is_told) {
  Replayed past(with({kHundredAnHour}));
  past.mail(0s, 0, 60);
  past.mail(1800s, 30, 60);  // half of them again
  past.mail(5400s, 500, 80);
  const ReplayedLimit limit = past.limit("auth:crm", "recipients/1h");
  BOOST_TEST(limit.trips == 0u);
  BOOST_TEST(!limit.tripped_at);
  BOOST_TEST(limit.peak == 90u);
  BOOST_TEST((limit.peak_at == at(1800s)));
}

BOOST_AUTO_TEST_CASE(a_trip_lasts_a_window_and_then_counting_begins_anew) {
  Replayed past(with({kHundredAnHour}));
  past.mail(0s, 0, 101);
  past.mail(3599s, 0, 1);
  past.mail(3600s, 200, 100);
  past.mail(3601s, 500, 1);
  const ReplayedLimit limit = past.limit("auth:crm", "recipients/1h");
  BOOST_TEST(limit.trips == 2u);
  BOOST_TEST((limit.tripped_at == at(0s)));
  BOOST_TEST(limit.through == 0u);
  BOOST_TEST(limit.stopped == 103u);
}

BOOST_AUTO_TEST_CASE(windows_of_large_limits_begin_with_the_first_mail_as_in_redis) {
  Replayed past(with({{.most = 2000, .window = 1h, .then = Step::hold}}));
  past.mail(0s, 0, 10);
  past.mail(3500s, 100, 1500);
  past.mail(3600s, 5000, 1500);
  const ReplayedLimit limit = past.limit("auth:crm", "recipients/1h");
  BOOST_TEST(limit.trips == 0u);
  BOOST_TEST(limit.peak == 3000u);
}

BOOST_AUTO_TEST_CASE(mail_that_is_stopped_by_one_limit_counts_for_no_other) {
  const Limit per_message{
      .kind = LimitKind::recipients_per_message, .most = 50, .then = Step::reject};
  Replayed past(with({kHundredAnHour, per_message}));
  past.mail(0s, 0, 60);
  past.mail(1s, 100, 90);
  past.mail(2s, 200, 50);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").trips == 1u);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").peak == 90u);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").stopped == 150u);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").trips == 0u);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").peak == 200u);
}

BOOST_AUTO_TEST_CASE(warnings_stop_nothing) {
  Replayed past(with({{.most = 5, .window = 1h, .then = Step::warn}, kHundredAnHour}));
  past.mail(0s, 0, 10);
  past.mail(1s, 10, 91);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").stopped == 0u);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").trips == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_message_to_many_is_told_from_many_messages) {
  const Limit same{.kind = LimitKind::same_message,
                   .most = 5,
                   .window = 1h,
                   .without_list_unsubscribe = true,
                   .then = Step::reject};
  Replayed past(with({same}));
  const auto play = [&](std::uint64_t print, Person first, std::size_t count, bool way_out) {
    PastMail mail = Replayed::message(0s, first, count);
    mail.print = print;
    mail.has_list_unsubscribe = way_out;
    past.replay.play(mail);
  };
  for (Person i = 0; i < 20; ++i)
    play(i, i, 1, false);
  play(99, 0, 50, true);
  const std::string name = "same_message-without-list-unsubscribe/1h";
  BOOST_TEST(past.limit("auth:crm", name).trips == 0u);
  BOOST_TEST(past.limit("auth:crm", name).peak == 1u);
  play(77, 0, 5, false);
  play(77, 10, 1, false);
  BOOST_TEST(past.limit("auth:crm", name).trips == 1u);
  BOOST_TEST(past.limit("auth:crm", name).through == 5u);
  play(78, 0, 5, false);  // other mail goes on
  BOOST_TEST(past.limit("auth:crm", name).stopped == 1u);
}

BOOST_AUTO_TEST_CASE(a_stale_list_trips_beyond_the_floor_and_not_before) {
  const Limit stale{
      .kind = LimitKind::opted_out, .most = 50, .percent = 20, .window = 1h, .then = Step::hold};
  Replayed past(with({stale}));
  for (int i = 0; i < 49; ++i) {
    PastMail mail = Replayed::message(std::chrono::seconds(i), static_cast<Person>(i), 1);
    if (i % 4 == 0) std::swap(mail.people, mail.opted_out);
    past.replay.play(mail);
  }
  BOOST_TEST(past.limit("auth:crm", "opted_out/1h").trips == 0u);
  BOOST_TEST(!past.limit("auth:crm", "opted_out/1h").peak_at);
  past.mail(50s, 1000, 1);
  const ReplayedLimit limit = past.limit("auth:crm", "opted_out/1h");
  BOOST_TEST(limit.trips == 1u);
  BOOST_TEST(limit.peak == 13u);
  BOOST_TEST(limit.peak_among == 50u);
}

BOOST_AUTO_TEST_CASE(who_had_opted_out_is_forgotten_with_those_who_had_not) {
  const Limit stale{
      .kind = LimitKind::opted_out, .most = 50, .percent = 20, .window = 1h, .then = Step::hold};
  Replayed past(with({stale}));
  past.mail(0s, 0, 100);
  PastMail gone = Replayed::message(3000s, 100, 0);
  gone.opted_out = {200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211};
  past.replay.play(gone);
  past.mail(3900s, 300, 50);  // a window of its own
  BOOST_TEST(past.limit("auth:crm", "opted_out/1h").trips == 0u);
}

BOOST_AUTO_TEST_CASE(messages_that_are_too_big_are_told_of_once_an_hour) {
  Replayed past(with({{.kind = LimitKind::recipients_per_message, .most = 5, .then = Step::hold}}));
  for (const auto when : {0s, 60s, 3599s, 3600s})
    past.mail(when, 0, 6);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").trips == 2u);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").stopped == 24u);
}

BOOST_AUTO_TEST_CASE(senders_are_told_apart_and_those_who_trip_come_first) {
  Replayed past(with({kHundredAnHour}));
  past.mail(0s, 0, 10, "quiet");
  past.mail(1s, 0, 90, "busy");
  past.mail(2s, 0, 101, "late");
  past.mail(3s, 0, 101, "later");
  std::string order;
  for (const ReplayedLimit& limit : past.replay.results())
    order += limit.sender + " ";
  BOOST_TEST(order == "auth:late auth:later auth:busy auth:quiet ");
}

BOOST_AUTO_TEST_CASE(streams_and_senders_with_limits_of_their_own_have_those) {
  Stream newsletters;
  newsletters.name = "newsletters";
  newsletters.when.header = {{"list-id", {"news.example.com"}}};
  newsletters.guard = OwnLimits{.limits = {{.most = 1000, .window = 24h}}};
  Stream receipts;
  receipts.name = "receipts";
  receipts.when.auth = {"shop"};
  receipts.guard = OwnLimits{.off = true, .limits = {}};
  GuardOptions options = with({kHundredAnHour});
  options.senders = {{.who = "auth:big*", .own = {.limits = {{.most = 500, .window = 1h}}}}};
  Replayed past(options, kAllTold, {newsletters, receipts, Stream{}});
  PastMail news = Replayed::message(0s, 0, 600);
  news.origin.list_id = "<news.example.com>";
  past.replay.play(news);
  past.mail(1s, 0, 600, "shop");
  past.mail(2s, 0, 400, "bigcorp");
  past.mail(3s, 0, 400, "crm");
  BOOST_TEST(past.limit("auth:crm/newsletters", "recipients/1d").trips == 0u);
  BOOST_TEST(past.limit("auth:bigcorp", "recipients/1h").trips == 0u);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").trips == 1u);
  BOOST_TEST(past.replay.not_guarded() == 1u);
  BOOST_TEST(past.replay.messages() == 4u);
}

BOOST_AUTO_TEST_CASE(a_guard_that_is_off_or_monitors_is_played_as_if_it_enforced) {
  for (const GuardMode mode : {GuardMode::off, GuardMode::monitor}) {
    GuardOptions options = with({kHundredAnHour});
    options.mode = mode;
    Replayed past(options);
    past.mail(0s, 0, 101);
    BOOST_TEST(past.limit("auth:crm", "recipients/1h").stopped == 101u);
  }
}

BOOST_AUTO_TEST_CASE(without_limits_peaks_are_measured) {
  Replayed past(GuardOptions{});
  past.mail(0s, 0, 5000);
  past.mail(7200s, 5000, 100);
  BOOST_TEST(past.limit("auth:crm", "recipients/1h").peak == 5000u);
  BOOST_TEST(past.limit("auth:crm", "recipients/1d").peak == 5100u);
  BOOST_TEST(past.limit("auth:crm", "recipients_per_message").peak == 5000u);
  for (const ReplayedLimit& limit : past.replay.results())
    BOOST_TEST((limit.trips == 0 && is_measuring(limit.limit)));
}

BOOST_AUTO_TEST_CASE(what_the_files_do_not_tell_trips_nobody) {
  const Limits limits{{.kind = LimitKind::recipients_per_message, .most = 1},
                      {.kind = LimitKind::same_message, .most = 1, .window = 1h},
                      {.kind = LimitKind::opted_out, .most = 1, .percent = 1, .window = 1h}};
  Replayed past(with(limits), Told{});
  PastMail mail = Replayed::message(0s, 0, 100);
  mail.opted_out = {7};
  mail.print = 1;
  past.replay.play(mail);
  for (const ReplayedLimit& limit : past.replay.results()) {
    BOOST_TEST(!limit.is_told);
    BOOST_TEST(limit.trips == 0u);
    BOOST_TEST(!limit.peak_at);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
