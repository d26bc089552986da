// The queue behind the back of mail: one after the other, each once, and no more than it can hold.

#include "confirm/confirmer.h"

#include "metrics/meters.h"
#include "scripted_smtp.h"
#include "support/http.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace optout {
namespace {

// Admits each member once, and can be made to wait.
class InMemory final : public RateLimit {
public:
  Result<bool> admits(std::string_view member) override {
    std::unique_lock lock(mutex_);
    ++asked_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
    if (fault_) return *fault_;
    return admitted_.emplace(member).second;
  }
  void fail_with(std::optional<Error> fault) {
    const std::scoped_lock lock(mutex_);
    fault_ = std::move(fault);
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  void open() {
    const std::scoped_lock lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  void wait_until_asked(unsigned times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= times; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string, std::less<>> admitted_;
  std::optional<Error> fault_;
  bool closed_ = false;
  unsigned asked_ = 0;
};

struct Desk {
  test::SmtpSink sink;
  std::shared_ptr<InMemory> limit = std::make_shared<InMemory>();
  Meters meters;
  Confirmer confirmer{meters};

  void confirm(const std::string& address, std::optional<SocketAddress> server = {}) {
    confirmer.confirm({.route = std::make_shared<ConfirmationRoute>(ConfirmationRoute{
                           .domain = "optout.example",
                           .server = server.value_or(test::loopback_port(sink.port())),
                           .limit = limit}),
                       .confirmation = {.address = address, .set = SetName::global()},
                       .member = address,
                       .queue_id = "4XyZ"});
  }
  // Everything before this one is done when it arrives.
  void wait_for(const std::string& address) {
    confirm(address);
    BOOST_TEST(sink.wait_for(
        [&](const auto& all) { return !all.empty() && all.back().went_to("<" + address + ">"); }));
  }
  double counted(const std::string& result) const {
    return test::metric_on(meters.text(), "optout_confirmations_total{result=\"" + result + "\"}")
        .value_or(-1);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(confirmations_behind_the_back_of_mail)

BOOST_FIXTURE_TEST_CASE(each_person_gets_one, Desk) {
  confirm("bob@example.com");
  confirm("bob@example.com");
  confirm("carl@example.com");
  confirm("bob@example.com");
  wait_for("last@example.com");
  confirmer.stop();
  BOOST_TEST(sink.deliveries().size() == 3U);
  BOOST_TEST(counted("sent") == 3);
  BOOST_TEST(counted("rate_limited") == 2);
  const auto first = sink.deliveries().front();
  BOOST_TEST(first.sender == "<>");
  BOOST_TEST(first.recipients.size() == 1U);
  BOOST_TEST(first.went_to("<bob@example.com>", {"NOTIFY=NEVER"}));
}

BOOST_FIXTURE_TEST_CASE(no_two_have_the_same_message_id, Desk) {
  std::set<std::string_view> ids;
  confirm("bob@example.com");
  wait_for("carl@example.com");
  confirmer.stop();
  const auto all = sink.deliveries();
  for (const auto& delivery : all)
    ids.insert(test::from_field(delivery.data, "Message-ID").substr(0, 48));
  BOOST_TEST(ids.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_lost_one_is_better_than_two, Desk) {
  confirm("bob@example.com", test::unix_socket("/nonexistent/smtp"));
  confirm("bob@example.com");
  wait_for("last@example.com");
  confirmer.stop();
  BOOST_TEST(sink.deliveries().size() == 1U);
  BOOST_TEST(counted("failed") == 1);
  BOOST_TEST(counted("rate_limited") == 1);
}

BOOST_FIXTURE_TEST_CASE(where_nobody_can_tell_when_the_last_was_sent_none_is, Desk) {
  limit->fail_with(Error{Fault::timeout, "late"});
  confirm("bob@example.com");
  limit->wait_until_asked(1);
  confirmer.stop();
  BOOST_TEST(sink.deliveries().empty());
  BOOST_TEST(counted("failed") == 1);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit_is_dropped_and_nobody_waits, Desk) {
  limit->close();
  confirm("first@example.com");
  limit->wait_until_asked(1);  // in hand, no longer waiting
  for (std::size_t i = 0; i < Confirmer::kMostWaiting; ++i)
    confirm("same@example.com");
  BOOST_TEST(counted("dropped") == 0);
  confirm("late@example.com");
  confirm("later@example.com");
  BOOST_TEST(counted("dropped") == 2);
  limit->open();
  BOOST_TEST(sink.wait_for([](const auto& all) { return all.size() == 2; }));
  limit->wait_until_asked(1 + Confirmer::kMostWaiting);
  wait_for("last@example.com");
  BOOST_TEST(sink.deliveries().size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_finishes_the_one_in_hand_and_drops_the_others, Desk) {
  limit->close();
  for (const char* address : {"a@example.com", "b@example.com", "c@example.com"})
    confirm(address);
  limit->wait_until_asked(1);
  std::thread stopping([this] { confirmer.stop(); });
  while (counted("dropped") < 2)
    std::this_thread::yield();
  limit->open();
  stopping.join();
  BOOST_TEST(sink.deliveries().size() == 1U);
  BOOST_TEST(sink.deliveries().front().went_to("<a@example.com>"));
  BOOST_TEST(counted("sent") == 1);
  confirm("d@example.com");
  confirmer.stop();
  BOOST_TEST(counted("dropped") == 3);
}

BOOST_AUTO_TEST_CASE(one_that_was_never_asked_for_anything_ends_at_once) {
  Meters meters;
  const Confirmer idle(meters);
  BOOST_TEST(
      (meters.text().find("optout_confirmations_total{result=\"sent\"} 0") != std::string::npos));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
