// Error replies by name, what a Reply answers to the wrong question, and what commands look like on
// the wire.

#include "asking.h"
#include "support/fake_redis.h"

#include <stdexcept>

namespace optout::test {

BOOST_AUTO_TEST_SUITE(redis_reply)

BOOST_AUTO_TEST_CASE(every_error_code_has_its_fault) {
  using redis::fault_of;
  BOOST_TEST(fault_of("LOADING Redis is loading the dataset in memory") == Fault::loading);
  BOOST_TEST(fault_of("BUSY Redis is busy running a script. You can only call SCRIPT KILL") ==
             Fault::busy);
  BOOST_TEST(fault_of("READONLY You can't write against a read only replica.") == Fault::read_only);
  BOOST_TEST(fault_of("OOM command not allowed when used memory > 'maxmemory'.") ==
             Fault::out_of_memory);
  BOOST_TEST(fault_of("MISCONF Redis is configured to save RDB snapshots, but") ==
             Fault::not_persisting);
  BOOST_TEST(fault_of("NOAUTH Authentication required.") == Fault::auth_required);
  BOOST_TEST(fault_of("WRONGPASS invalid username-password pair or user is disabled.") ==
             Fault::auth_failed);
  BOOST_TEST(fault_of("NOPERM this user has no permissions to run the 'get' command") ==
             Fault::no_permission);
  BOOST_TEST(fault_of("WRONGTYPE Operation against a key holding the wrong kind of value") ==
             Fault::wrong_type);
  BOOST_TEST(fault_of("MOVED 3999 127.0.0.1:6381") == Fault::redirected);
  BOOST_TEST(fault_of("ASK 3999 127.0.0.1:6381") == Fault::redirected);
  BOOST_TEST(fault_of("CLUSTERDOWN The cluster is down") == Fault::redirected);
  BOOST_TEST(fault_of("CROSSSLOT Keys in request don't hash to the same slot") ==
             Fault::redirected);
  BOOST_TEST(fault_of("MASTERDOWN Link with MASTER is down") == Fault::master_down);
  BOOST_TEST(fault_of("ERR unknown command 'SMISMEMBER'") == Fault::refused);
  BOOST_TEST(fault_of("EXECABORT Transaction discarded because of previous errors.") ==
             Fault::refused);
  BOOST_TEST(fault_of("") == Fault::refused);
}

BOOST_AUTO_TEST_CASE(redis_before_6_says_it_in_sentences) {
  BOOST_TEST(redis::fault_of("ERR invalid password") == Fault::auth_failed);
  BOOST_TEST(redis::fault_of("ERR Client sent AUTH, but no password is set") == Fault::auth_failed);
}

BOOST_AUTO_TEST_CASE(an_aborted_transaction_has_the_fault_that_aborted_it_where_redis_tells) {
  BOOST_TEST(
      redis::fault_of("EXECABORT Transaction discarded because of: READONLY You can't write") ==
      Fault::read_only);
}

BOOST_AUTO_TEST_CASE(a_code_is_a_whole_word) {
  BOOST_TEST(redis::fault_of("BUSYGROUP Consumer Group name already exists") == Fault::refused);
  BOOST_TEST(redis::fault_of("ASKING") == Fault::refused);
  BOOST_TEST(redis::fault_of("LOADING") == Fault::loading);
}

BOOST_AUTO_TEST_CASE(a_reply_answers_neutrally_to_the_wrong_question) {
  using namespace std::string_literals;
  FakeRedis redis({{receive(1), send("*5\r\n:-7\r\n$3\r\na\0b\r\n$-1\r\n*0\r\n-ERR no\r\n"s)}});
  const auto client = redis::make_client(options_for(redis.url()));
  const auto replies = ask(*client, {"ANYTHING"});
  BOOST_REQUIRE_MESSAGE(replies, shown(replies));
  const Reply& all = replies->front();
  BOOST_TEST(all.is_array());
  BOOST_TEST(all.size() == 5U);
  BOOST_TEST(all.integer() == 0);
  BOOST_TEST(all.text() == "");

  BOOST_TEST(all[0].is_integer());
  BOOST_TEST(all[0].integer() == -7);
  BOOST_TEST(all[0].text() == "");
  BOOST_TEST(all[0].size() == 0U);
  BOOST_TEST(all[0][0].is_nil());

  BOOST_TEST(all[1].is_string());
  BOOST_TEST((all[1].text() == "a\0b"s));
  BOOST_TEST(all[1].integer() == 0);
  BOOST_TEST(all[2].is_nil());
  BOOST_TEST(all[2].text() == "");
  BOOST_TEST(all[3].is_array());
  BOOST_TEST(all[3].size() == 0U);
  BOOST_TEST(all[4].is_error());
  BOOST_TEST(!all[4].is_string());
  BOOST_TEST(all[4].text() == "ERR no");
  BOOST_TEST(all[5].is_nil());
  BOOST_TEST(Reply().is_nil());
}

// AD-24: no byte of an argument is ever read as anything but that byte.
BOOST_AUTO_TEST_CASE(commands_are_counted_words_on_the_wire) {
  using namespace std::string_literals;
  Commands commands;
  BOOST_TEST(commands.empty());
  commands.add({"ECHO", "%s\r\n"}).add({"GET", ""}).add({"X", "\0\xff"s});
  BOOST_TEST(commands.count() == 3U);
  BOOST_TEST((commands.wire() == "*2\r\n$4\r\nECHO\r\n$4\r\n%s\r\n\r\n"
                                 "*2\r\n$3\r\nGET\r\n$0\r\n\r\n"
                                 "*2\r\n$1\r\nX\r\n$2\r\n\0\xff\r\n"s));
}

BOOST_AUTO_TEST_CASE(an_empty_word_may_be_a_null_view) {
  Commands commands;
  commands.add({"GET", std::string_view()});
  BOOST_TEST(commands.wire() == "*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_command_without_words_is_a_bug) {
  Commands commands;
  BOOST_CHECK_THROW(commands.add(std::initializer_list<std::string_view>{}), std::invalid_argument);
  BOOST_TEST(commands.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
