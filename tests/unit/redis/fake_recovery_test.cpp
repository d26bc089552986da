// What comes after a failure: late answers, second attempts, pauses, and what is logged about it.

#include "misbehaving.h"
#include "support/process.h"
#include "support/temp_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <latch>
#include <optional>
#include <thread>

namespace optout::test {
namespace {

// Whether the thread waits in the kernel, and goes on doing so.
bool sleeps(pid_t thread) {
  for (int look = 0; look < 5; ++look) {
    std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
    const std::string line{std::istreambuf_iterator<char>(stat), {}};
    const auto bracket = line.rfind(')');
    if (bracket == std::string::npos || line.substr(bracket + 2, 1) != "S") return false;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return true;
}

// A question asked on a thread of its own; the constructor returns when the question is waiting for
// its answer.
class Waiting {
public:
  Waiting(Executor& client, std::string word, Executor::Repeat repeat)
      : thread_([this, &client, word = std::move(word), repeat] {
          id_ = gettid();
          result_ = ask(client, {word}, repeat);
        }) {
    wait_until([this] { return id_ != 0 && sleeps(id_); });
  }
  ~Waiting() {
    if (thread_.joinable()) thread_.join();
  }

  std::string answer() {
    if (thread_.joinable()) thread_.join();
    return shown(*result_);
  }

private:
  std::atomic<pid_t> id_ = 0;
  std::optional<Result<Replies>> result_;
  std::thread thread_;
};

// What is written to stderr meanwhile.
class Stderr {
public:
  Stderr() : saved_(dup(STDERR_FILENO)) {
    const int file = open(path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    dup2(file, STDERR_FILENO);
    close(file);
  }
  ~Stderr() { restore(); }

  std::vector<std::string> lines() {
    restore();
    std::ifstream file(path());
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);)
      result.push_back(line);
    return result;
  }

private:
  std::string path() const { return directory_ / "stderr"; }
  void restore() {
    if (saved_ < 0) return;
    dup2(saved_, STDERR_FILENO);
    close(std::exchange(saved_, -1));
  }

  TempDir directory_;
  int saved_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fake_recovery)

BOOST_AUTO_TEST_CASE(an_answer_nobody_asked_for_is_never_taken_for_the_next_one) {
  FakeRedis redis(
      {{receive(1), pong(), stall(), send("+stale\r\n"), stall()}, {always("+fresh\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  redis.release();
  BOOST_TEST(wait_until([&] { return redis.sent() == 2; }));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "fresh");
}

BOOST_AUTO_TEST_CASE(a_late_answer_is_never_taken_for_a_later_question) {
  FakeRedis redis({{receive(1), stall(), send("+old\r\n"), stall()}, {always("+new\r\n")}});
  const auto client = redis::make_client(options_for(redis.url(), kBrief));
  BOOST_TEST(shown(ask(*client, {"OLD"})) == "!timeout");
  redis.release();
  BOOST_TEST(wait_until([&] { return shown(ask_after_pause(*client, {"NEW"})) == "new"; }));
  BOOST_TEST(shown(ask(*client, {"NEW"})) == "new");
}

BOOST_AUTO_TEST_CASE(no_second_question_is_asked_where_the_first_is_unanswered) {
  const FakeRedis redis({{receive(2), send("+old\r\n"), stall()}, {always("+new\r\n")}});
  const auto client = redis::make_client(options_for(redis.url(), milliseconds(1000)));
  BOOST_TEST(shown(ask(*client, {"OLD"})) == "!timeout");
  BOOST_TEST(shown(ask_after_pause(*client, {"NEW"})) == "new");
}

BOOST_AUTO_TEST_CASE(every_call_asks_or_backs_off_with_the_last_error) {
  const FakeRedis redis({{receive(1), hang_up()}});
  const auto client = redis::make_client(options_for(redis.url()));
  std::size_t asked = 0;
  std::size_t backed_off = 0;
  std::string last;
  for (int i = 0; i < 2000; ++i) {
    const auto result = ask(*client, {"PING"});
    BOOST_REQUIRE(!result);
    if (result.error().fault == Fault::backing_off) {
      ++backed_off;
      BOOST_REQUIRE(result.error().detail == "not asked again yet: " + last);
    } else {
      ++asked;
      BOOST_REQUIRE(result.error().fault == Fault::closed);
      last = result.error().detail;
    }
  }
  BOOST_TEST(redis.connections() == asked);
  BOOST_TEST(asked < backed_off);
}

BOOST_AUTO_TEST_CASE(a_silent_redis_costs_one_deadline_and_not_one_for_everybody_waiting) {
  constexpr int kThreads = 16;
  const FakeRedis redis({{stall()}});
  const auto client = redis::make_client(options_for(redis.url(), milliseconds(500)));
  std::latch start(kThreads);
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      answered += ask(*client, {"PING"}) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(answered == 0);
  BOOST_TEST(redis.connections() <= 2U);  // two, if a thread is so late that the pause is over
}

BOOST_AUTO_TEST_CASE(a_question_is_repeated_where_an_idle_connection_turns_out_dead) {
  const FakeRedis redis({{receive(1), pong(), receive(1), hang_up()}, {always("+again\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  BOOST_TEST(shown(ask(*client, {"PING"})) == "again");
  BOOST_TEST(redis.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(what_must_not_happen_twice_is_not_repeated) {
  const FakeRedis redis({{receive(1), pong(), receive(1), hang_up()}, {always("+again\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  BOOST_TEST(shown(ask(*client, {"XADD"}, Executor::Repeat::no)) == "!closed");
  BOOST_TEST(redis.connections() == 1U);
  // One dead connection is no outage: the next to come is not made to wait.
  BOOST_TEST(shown(ask(*client, {"XADD"}, Executor::Repeat::no)) == "again");
}

BOOST_AUTO_TEST_CASE(a_question_is_not_repeated_after_part_of_its_answer) {
  const FakeRedis redis(
      {{receive(1), pong(), receive(1), send("+PO"), hang_up()}, {always("+again\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  BOOST_TEST(shown(ask(*client, {"PING"})) == "!closed");
  BOOST_TEST(redis.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_question_is_repeated_once_and_no_more) {
  const FakeRedis redis({{receive(1), pong(), receive(1), hang_up()}, {receive(1), hang_up()}});
  const auto client = redis::make_client(options_for(redis.url()));
  BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  BOOST_TEST(shown(ask(*client, {"PING"})) == "!closed");
  BOOST_TEST(redis.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(of_a_batch_on_a_dead_connection_only_questions_are_repeated) {
  FakeRedis redis({{receive(1), stall(), pong(), receive(2), hang_up()}, {always("+again\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  Waiting first(*client, "PING", Executor::Repeat::yes);
  Waiting question(*client, "QUESTION", Executor::Repeat::yes);
  Waiting deed(*client, "DEED", Executor::Repeat::no);
  redis.release();
  BOOST_TEST(first.answer() == "PONG");
  BOOST_TEST(question.answer() == "again");
  BOOST_TEST(deed.answer() == "!closed");
  const std::vector<Words> expected = {{"PING"}, {"QUESTION"}, {"DEED"}, {"QUESTION"}};
  BOOST_TEST((redis.commands() == expected));
}

BOOST_AUTO_TEST_CASE(an_outage_is_logged_once_when_it_begins_and_once_when_it_ends) {
  FakeRedis redis({{hang_up()}, {hang_up()}, {hang_up()}, {always("+PONG\r\n")}});
  const auto client = redis::make_client(options_for(redis.url()));
  Stderr capture;
  while (!ask(*client, {"PING"})) {
  }
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(shown(ask(*client, {"PING"})) == "PONG");
  const auto lines = capture.lines();
  BOOST_REQUIRE(lines.size() == 2U);
  BOOST_TEST_INFO(lines[0]);
  BOOST_TEST(lines[0].find("warning: redis unix:" + redis.socket() + ": ") != std::string::npos);
  BOOST_TEST(lines[0].find("(fault=closed)") != std::string::npos);
  BOOST_TEST_INFO(lines[1]);
  BOOST_TEST(lines[1].find("redis unix:" + redis.socket() + ": back after ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
