// How often the daemon asks Redis while the MTA waits for an answer: counted by Redis itself, which
// reads a batch of commands in one go.

#include "dialogs/needs_daemon.h"
#include "redis/client.h"
#include "support/milter_client.h"
#include "support/optout_milter.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace optout::test {
namespace {

BOOST_TEST_GLOBAL_FIXTURE(NeedsDaemon);

struct Asked {
  SharedDir directory;
  RedisServer redis;
  OptoutMilter milter;
  MilterClient client{milter.address()};
  std::shared_ptr<redis::Executor> counter = counter_of(redis);
  unsigned reads_before_the_dot = 0;

  // Without a page of metrics: for that, the daemon asks Redis of its own accord every now and
  // then, first at its start.
  explicit Asked(const std::string& config = {})
      : milter(redis, unix_socket(directory / "milter.sock"),
               "metrics: { listen: \"\" }\n" + config) {
    for (const char* list : {"news.example.com", "deals.example.com"})
      add(std::string("list:") + list, "ann@example.com");
    // When it serves already, the daemon looks whether Redis is there.
    BOOST_REQUIRE(milter.log().will_have("the suppression sets are there"));
    client.negotiate();
    client.connect();
    client.helo();
    client.set_macro("{daemon_port}", "25");
    reads();
  }

  void add(const std::string& set, std::string_view member) {
    redis::Commands command;
    command.add({"SADD", "optout:set:" + set, member});
    BOOST_REQUIRE(counter->run(command, counter->deadline(), redis::Executor::Repeat::no));
  }

  // Since the last call, but for that one's own. Over a connection that stays: one that ends is
  // read once more, some time.
  unsigned reads() {
    redis::Commands question;
    question.add({"INFO", "stats"});
    const auto replies = counter->run(question, counter->deadline(), redis::Executor::Repeat::no);
    BOOST_REQUIRE(replies);
    const std::string info(replies->front().text());
    const auto at = info.find("total_reads_processed:");
    BOOST_REQUIRE(at != std::string::npos);
    const auto now = static_cast<unsigned>(std::stoul(info.substr(at + 22)));
    return now - std::exchange(last_, now) - 1;
  }
  static std::shared_ptr<redis::Executor> counter_of(const RedisServer& redis) {
    RedisOptions options;
    options.address.path = redis.socket();
    options.timeout = std::chrono::seconds(20);
    return redis::make_client(options);
  }

  void up_to_the_final_dot(std::initializer_list<const char*> recipients,
                           const char* list = "<news.example.com>") {
    reads();
    client.mail("<news@shop.example>");
    for (const char* recipient : recipients)
      BOOST_TEST(client.recipient(recipient).is_positive());
    client.data();
    if (list != nullptr) client.header("List-Id", list);
    client.end_of_headers();
    reads_before_the_dot = reads();
  }

private:
  unsigned last_ = 0;
};

// With the first message the guard asks what time it is by the clock of Redis.
struct AskedWithGuard : Asked {
  explicit AskedWithGuard(const std::string& more = {})
      : Asked(
            "guard:\n"
            "  identity: [sender]\n"
            "  limits:\n"
            "    - { recipients: 500 per 1h, then: hold }\n"
            "    - { recipients: 5000 per 1d, then: reject }\n"
            "    - { same_message: 200 per 1h, then: hold }\n"
            "    - { opted_out: 20% of at least 50 per 1h, then: hold }\n" +
            more) {
    up_to_the_final_dot({"<bob@example.com>"});
    BOOST_TEST(client.end_of_message().reply.is_positive());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_trips)

BOOST_FIXTURE_TEST_CASE(the_final_dot_waits_for_one_where_nobody_has_opted_out, Asked) {
  up_to_the_final_dot({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(client.end_of_message().reply.is_positive());
  BOOST_TEST(reads() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_final_dot_waits_for_one_where_somebody_is_in_the_set_of_the_list,
                        Asked) {
  milter.ctl({"add", "eve@example.com", "--list", "news.example.com", "--reason", "asked"});
  up_to_the_final_dot({"<ann@example.com>", "<bob@example.com>", "<eve@example.com>"});
  const MilterFinish finish = client.end_of_message();
  BOOST_TEST(finish.reply.is_positive());
  BOOST_TEST(finish.deleted.size() == 2U);
  BOOST_TEST(reads() == 1U);
  BOOST_TEST(milter.log().text().find("to=<eve@example.com>, set=list:news.example.com, since=") !=
             std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(rcpt_waits_for_one_and_for_evidence_only_where_there_is_some, Asked) {
  client.mail("<news@shop.example>");
  reads();
  client.recipient("<bob@example.com>");
  BOOST_TEST(reads() == 1U);
  add("global", "gil@example.com");
  reads();
  BOOST_TEST(client.recipient("<gil@example.com>").to_string().substr(0, 3) == "550");
  BOOST_TEST(reads() == 2U);
}

BOOST_FIXTURE_TEST_CASE(the_final_dot_waits_for_one_where_the_guard_counts_alone, AskedWithGuard) {
  up_to_the_final_dot({"<bob@example.com>", "<carl@example.com>"}, nullptr);
  BOOST_TEST(client.end_of_message().reply.is_positive());
  BOOST_TEST(reads() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_guard_counts_while_the_set_of_the_list_is_looked_up, AskedWithGuard) {
  up_to_the_final_dot({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(client.end_of_message().reply.is_positive());
  BOOST_TEST(reads() == 1U);
}

BOOST_AUTO_TEST_CASE(a_message_to_a_few_is_looked_up_and_counted_in_one_where_its_end_decides) {
  AskedWithGuard asked("streams: [{ name: default, on_opted_out: strip }]\n");
  asked.up_to_the_final_dot({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(asked.reads_before_the_dot == 0U);
  BOOST_TEST(asked.client.end_of_message().reply.is_positive());
  BOOST_TEST(asked.reads() == 1U);
}

// The guard learns that nobody was mailed: the lookup itself is over by then.
BOOST_AUTO_TEST_CASE(a_message_to_one_who_has_opted_out_waits_for_one_more_that_the_guard_needs) {
  AskedWithGuard asked("streams: [{ name: default, on_opted_out: strip }]\n");
  asked.milter.ctl({"add", "eve@example.com", "--list", "news.example.com", "--reason", "asked"});
  asked.up_to_the_final_dot({"<ann@example.com>", "<bob@example.com>", "<eve@example.com>"});
  BOOST_TEST(asked.reads_before_the_dot == 0U);
  BOOST_TEST(asked.client.end_of_message().deleted.size() == 2U);
  BOOST_TEST(asked.reads() == 2U);
  BOOST_TEST(asked.milter.log().text().find(
                 "to=<eve@example.com>, set=list:news.example.com, since=") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(rcpt_waits_for_one_where_there_is_a_guard, AskedWithGuard) {
  client.mail("<news@shop.example>");
  reads();
  client.recipient("<carl@example.com>");
  BOOST_TEST(reads() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
