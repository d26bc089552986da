// Many requests to unsubscribe in one message: none is lost, whatever the others come to.

#include "newsletters_in_memory.h"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace optout {
namespace {

const SetName kNews = SetName::list("news.example.com");
const std::string kNotRecorded =
    "451 4.3.0 cannot record your request to unsubscribe; try again later";

struct Mailbox : test::Newsletters {
  Mailbox() { know("news.example.com"); }
};

// Records no more than so many, and says so of all others.
class SlowStore final : public test::CountingStore {
public:
  unsigned patience = 1000;
  unsigned calls = 0;
  bool finds_nothing = false;

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override {
    if (finds_nothing) return Error{Fault::timeout, "late"};
    return CountingStore::find(recipients, sets, fetch, along);
  }
  Result<Recorded> record(const OptOut& opt_out) override {
    ++calls;
    if (patience == 0) return Error{Fault::timeout, "late"};
    --patience;
    return CountingStore::record(opt_out);
  }
};

struct Reluctant : Mailbox {
  std::shared_ptr<SlowStore> slow = std::make_shared<SlowStore>();

  Reluctant() {
    counted = slow;
    store = &slow->memory;
    static_cast<void>(store->init("test"));
  }
  // Of p0@example.com and so on.
  std::string request_of_many(unsigned people) {
    mail();
    for (unsigned i = 0; i < people; ++i)
      BOOST_REQUIRE(rcpt(asking("p" + std::to_string(i) + "@example.com", kNews)) == "proceed");
    return end();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(many_requests)

BOOST_FIXTURE_TEST_CASE(AR_14_many_requests_in_one_message_are_taken_up_to_a_hundred, Mailbox) {
  mail();
  for (unsigned i = 0; i < Requests::kMost; ++i)
    BOOST_TEST(rcpt(asking("p" + std::to_string(i) + "@example.com", kNews)) == "proceed");
  BOOST_TEST(rcpt(asking("late@example.com", kNews)) ==
             "452 4.5.3 too many requests to unsubscribe; send the others in another transaction");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(has_opted_out("p0@example.com", kNews));
  BOOST_TEST(has_opted_out("p99@example.com", kNews));
  BOOST_TEST(!has_opted_out("late@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(the_same_request_many_times_in_one_message_is_one, Mailbox) {
  const std::string asked = asking("bob@example.com", kNews);
  mail();
  for (unsigned i = 0; i < 3 * Requests::kMost; ++i)
    BOOST_REQUIRE(rcpt(asked) == "proceed");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"added\"}") == 1);
  BOOST_TEST(
      value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"already_there\"}") ==
      0);
}

BOOST_FIXTURE_TEST_CASE(AR_14_where_rcpt_has_no_answer_however_many_are_recorded, Mailbox) {
  for (const bool pickup : {false, true}) {
    mta.macros["{daemon_port}"] = pickup ? "0" : "25";
    const std::string name = pickup ? "q" : "p";
    mail("<bob@example.net>", pickup);
    for (unsigned i = 0; i < 2 * Requests::kMost; ++i)
      BOOST_REQUIRE(rcpt(asking(name + std::to_string(i) + "@example.com", kNews)) == "proceed");
    BOOST_TEST(end() == "discard");
    BOOST_TEST(has_opted_out(name + "0@example.com", kNews));
    BOOST_TEST(has_opted_out(name + "199@example.com", kNews));
    session.reset();
  }
}

BOOST_FIXTURE_TEST_CASE(OC_16_one_that_cannot_be_recorded_keeps_no_other_back, Mailbox) {
  registry->fail_with(Error{Fault::wrong_type, "no hash"});  // so nobody can tell which list it is
  mail();
  rcpt(asking("a@example.com", kNews));
  rcpt(asking("b@example.com", std::nullopt));
  rcpt(asking("c@example.com", kNews));
  rcpt(asking("d@example.com", SetName::stream("newsletters")));
  BOOST_TEST(end() == kNotRecorded);
  BOOST_TEST(has_opted_out("b@example.com", SetName::global()));
  BOOST_TEST(has_opted_out("d@example.com", SetName::stream("newsletters")));
  BOOST_TEST(
      value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"not_recorded\"}") == 2);
  BOOST_TEST(value_of("optout_unsubscribe_unapplied") == 2);
}

BOOST_FIXTURE_TEST_CASE(what_an_earlier_attempt_recorded_is_looked_up_at_once, Reluctant) {
  slow->patience = 5;
  BOOST_TEST(request_of_many(20) == kNotRecorded);
  BOOST_TEST(slow->calls == 20U);
  slow->patience = 100;
  slow->calls = slow->asked = 0;
  BOOST_TEST(request_of_many(20) == "discard");
  BOOST_TEST(slow->calls == 15U);
  BOOST_TEST(slow->asked == 1U);
  BOOST_TEST(
      value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"already_there\"}") ==
      5);
  slow->calls = 0;
  BOOST_TEST(request_of_many(20) == "discard");
  BOOST_TEST(slow->calls == 0U);
}

BOOST_FIXTURE_TEST_CASE(whom_others_have_added_is_recorded_all_the_same, Reluctant) {
  store->add_as_others_do("p0@example.com", kNews);
  BOOST_TEST(request_of_many(2) == "discard");
  BOOST_TEST(
      store->listings(Spellings{{"p0@example.com"}}, {&kNews, 1})->front().evidence.has_value());
}

BOOST_FIXTURE_TEST_CASE(however_little_an_attempt_manages_each_has_its_turn, Reluctant) {
  slow->finds_nothing = true;
  const auto is_left = [&](const char* person) { return !has_opted_out(person, kNews); };
  unsigned attempts = 0;
  do {
    slow->patience = 1;  // and then the others are late
    BOOST_REQUIRE(request_of_many(3) == kNotRecorded);
  } while (++attempts < 1000 &&
           (is_left("p0@example.com") || is_left("p1@example.com") || is_left("p2@example.com")));
  BOOST_TEST(attempts < 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
