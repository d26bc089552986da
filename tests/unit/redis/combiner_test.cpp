// Whoever finds it idle runs for everybody waiting.

#include "redis/combiner.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <atomic>
#include <latch>
#include <semaphore>
#include <thread>

namespace optout::redis {
namespace {

struct Question {
  int asked = 0;
  int answer = 0;
  int times_answered = 0;
  std::thread::id answered_by{};
};

void answer(std::span<Question* const> batch) noexcept {
  for (Question* const question : batch) {
    question->answer = 2 * question->asked;
    ++question->times_answered;
    question->answered_by = std::this_thread::get_id();
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(redis_combiner)

BOOST_AUTO_TEST_CASE(who_comes_alone_is_served_at_once_by_himself) {
  Combiner<Question> combiner;
  std::size_t batch_size = 0;
  Question question{.asked = 21};
  combiner.submit(question, [&](std::span<Question* const> batch) noexcept {
    batch_size = batch.size();
    answer(batch);
  });
  BOOST_TEST(question.answer == 42);
  BOOST_TEST(batch_size == 1U);
  BOOST_TEST((question.answered_by == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(everybody_gets_his_own_answer_once_and_batches_never_overlap) {
  constexpr int kThreads = 16;
  constexpr int kEach = 3000;
  Combiner<Question> combiner;
  std::atomic<int> running = 0;
  std::atomic<int> overlaps = 0;
  std::atomic<int> wrong = 0;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      for (int i = 0; i < kEach; ++i) {
        Question question{.asked = t * kEach + i};
        combiner.submit(question, [&](std::span<Question* const> batch) noexcept {
          if (running.fetch_add(1) != 0) ++overlaps;
          answer(batch);
          running.fetch_sub(1);
        });
        if (question.answer != 2 * question.asked || question.times_answered != 1) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(overlaps == 0);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(nobody_leads_for_a_batch_that_is_not_his_own) {
  constexpr int kThreads = 8;
  Combiner<Question> combiner;
  std::atomic<int> foreign = 0;
  std::latch start(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (int i = 0; i < 1000; ++i) {
        Question question;
        combiner.submit(question, [&](std::span<Question* const> batch) noexcept {
          if (std::ranges::find(batch, &question) == batch.end()) ++foreign;
          answer(batch);
        });
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(foreign == 0);
}

// The leader's batch is held open; those who come meanwhile are counted in the batches after it.
BOOST_AUTO_TEST_CASE(who_comes_while_it_is_busy_is_served_in_a_later_batch) {
  constexpr int kFollowers = 6;
  Combiner<Question> combiner;
  std::binary_semaphore leading(0);
  std::binary_semaphore go_on(0);
  std::atomic<std::size_t> served_later = 0;

  Question first;
  std::size_t first_batch = 0;
  std::thread leader([&] {
    combiner.submit(first, [&](std::span<Question* const> batch) noexcept {
      first_batch = batch.size();
      leading.release();
      go_on.acquire();
      answer(batch);
    });
  });
  leading.acquire();
  std::latch coming(kFollowers + 1);
  std::vector<std::thread> followers;
  followers.reserve(kFollowers);
  for (int i = 0; i < kFollowers; ++i) {
    followers.emplace_back([&] {
      Question question;
      coming.count_down();
      combiner.submit(question, [&](std::span<Question* const> batch) noexcept {
        served_later += batch.size();
        answer(batch);
      });
    });
  }
  coming.arrive_and_wait();
  BOOST_TEST(served_later == 0U);
  go_on.release();
  leader.join();
  for (std::thread& follower : followers)
    follower.join();
  BOOST_TEST(first_batch == 1U);
  BOOST_TEST(served_later == static_cast<std::size_t>(kFollowers));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::redis
