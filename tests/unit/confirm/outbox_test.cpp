// The thread behind the back of mail: in order, one at a time, and an end that can be relied on.

#include "confirm/outbox.h"

#include "support/process.h"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

namespace optout {
namespace {

using Left = Outbox::Left;

// An outbox whose first errand is under way until it may go on.
struct Busy {
  std::promise<void> begun;
  std::promise<void> may_go_on;
  std::atomic<bool> is_done = false;
  std::atomic<unsigned> others_ran = 0;
  Outbox outbox;  // last: its thread uses the others

  Busy() {
    BOOST_REQUIRE((outbox.leave([this] {
      begun.set_value();
      may_go_on.get_future().wait();
      is_done = true;
    }) == Left::taken));
    begun.get_future().wait();
  }
  Left leave_another() {
    return outbox.leave([this] { ++others_ran; });
  }
  void wait_for_all() {
    std::promise<void> last;
    while (outbox.leave([&] { last.set_value(); }) != Left::taken)
      std::this_thread::yield();
    last.get_future().wait();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(outbox)

BOOST_AUTO_TEST_CASE(errands_run_in_order_one_at_a_time) {
  constexpr int kErrands = 200;
  std::vector<int> ran;
  std::atomic<int> at_once = 0;
  std::atomic<int> most_at_once = 0;
  std::promise<void> last;
  Outbox outbox;
  for (int i = 0; i < kErrands; ++i) {
    BOOST_REQUIRE((outbox.leave([&, i] {
      if (++at_once > most_at_once) most_at_once = at_once.load();
      ran.push_back(i);
      --at_once;
      if (i == kErrands - 1) last.set_value();
    }) == Left::taken));
  }
  last.get_future().wait();
  std::vector<int> all(kErrands);
  std::iota(all.begin(), all.end(), 0);
  BOOST_TEST(ran == all, boost::test_tools::per_element());
  BOOST_TEST(most_at_once == 1);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_fit_is_not_taken_and_never_runs, Busy) {
  for (std::size_t i = 0; i < Outbox::kMostWaiting; ++i)
    BOOST_TEST((leave_another() == Left::taken));
  BOOST_TEST((leave_another() == Left::full));
  BOOST_TEST((leave_another() == Left::full));
  may_go_on.set_value();
  wait_for_all();
  BOOST_TEST(others_ran == Outbox::kMostWaiting);
}

BOOST_FIXTURE_TEST_CASE(those_that_wait_are_dropped_and_counted_and_none_is_taken_any_more, Busy) {
  for (int i = 0; i < 3; ++i)
    leave_another();
  BOOST_TEST(outbox.send_no_more() == 3U);
  BOOST_TEST(outbox.send_no_more() == 0U);
  BOOST_TEST((leave_another() == Left::full));
  BOOST_TEST(outbox.is_sending());
  BOOST_TEST(!is_done);
  may_go_on.set_value();
  BOOST_TEST(test::wait_until([this] { return !outbox.is_sending(); }));
  BOOST_TEST(is_done);
  outbox.stop();
  BOOST_TEST(others_ran == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_stop_waits_for_the_one_under_way_and_nothing_runs_afterwards, Busy) {
  auto kept = std::make_shared<int>();  // by an errand that waits
  const std::weak_ptr<int> waits = kept;
  BOOST_TEST((outbox.leave([this, kept = std::move(kept)] { ++others_ran; }) == Left::taken));
  std::atomic<bool> was_done_at_the_end = false;
  std::thread stopping([&] {
    outbox.stop();
    was_done_at_the_end = is_done.load();
  });
  BOOST_TEST(test::wait_until([&] { return waits.expired(); }));  // the stop has begun
  may_go_on.set_value();
  stopping.join();
  BOOST_TEST(was_done_at_the_end);
  BOOST_TEST(!outbox.is_sending());
  BOOST_TEST((leave_another() == Left::full));
  outbox.stop();  // again: nothing
  BOOST_TEST(others_ran == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_was_never_used_ends_at_once) {
  Outbox outbox;
  BOOST_TEST(!outbox.is_sending());
  BOOST_TEST(outbox.send_no_more() == 0U);
  outbox.stop();
  BOOST_TEST((outbox.leave([] { BOOST_ERROR("runs after the end"); }) == Left::full));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
