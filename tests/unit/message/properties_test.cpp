// What holds for a whole message, from MAIL to its end, whatever the streams say and whenever the
// store fails. RC_PARAMS="max_success=100000" searches harder.

#include "relay_in_memory.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace optout {
namespace {

const char* const kPeople[] = {"ann@example.com", "bob@example.com", "eve@example.com"};
const char* const kSets[] = {"global", "list:a.b", "bounce", "stream:news"};

// Cannot tell in the calls that are named.
class FlakyStore final : public SuppressionStore {
public:
  explicit FlakyStore(std::set<unsigned> fails) : fails_(std::move(fails)) {}

  MemoryStore memory{[] { return Instant{}; }};
  unsigned failed = 0;

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override {
    if (!fails_.contains(calls_++)) return memory.find(recipients, sets, fetch, along);
    ++failed;
    return Error{Fault::timeout, "late"};
  }
  Result<Recorded> record(const OptOut&) override { return Error{Fault::internal, "unasked"}; }
  Result<bool> withdraw(std::string_view, const SetName&, std::string_view,
                        std::string_view) override {
    return Error{Fault::internal, "unasked"};
  }
  Result<std::vector<Listing>> listings(const Spellings&, std::span<const SetName>) override {
    return Error{Fault::internal, "unasked"};
  }
  Result<bool> init(std::string_view by) override { return memory.init(by); }

private:
  const std::set<unsigned> fails_;
  unsigned calls_ = 0;
};

Stream any_stream(const std::string& name) {
  Stream stream;
  stream.name = name;
  stream.honours.clear();
  for (const char* set : {"global", "list", "bounce", "stream"}) {
    if (*rc::gen::inRange(0, 3) != 0) stream.honours.emplace_back(set);
  }
  stream.on_opted_out = *rc::gen::weightedElement<OnOptedOut>(
      {{4, OnOptedOut::reject}, {2, OnOptedOut::strip}, {1, OnOptedOut::hold}});
  stream.on_mixed = *rc::gen::element(OnMixed::strip, OnMixed::reject, OnMixed::hold);
  stream.on_outage = *rc::gen::element(OnOutage::defer, OnOutage::accept);
  return stream;
}

bool honours(const Stream& stream, std::string_view set) {
  const auto named = [&](std::string_view word) {
    return std::find(stream.honours.begin(), stream.honours.end(), word) != stream.honours.end();
  };
  if (set == "list:a.b") return named("list");
  return set == "stream:news" ? stream.name == "news" && named("stream") : named(set);
}

// A message of the list a.b to everybody; it belongs to the first stream if that is so.
struct Sent {
  std::vector<Stream> streams{any_stream("news"), any_stream("default")};
  bool is_news = *rc::gen::arbitrary<bool>();
  std::set<std::pair<std::string, std::string>> listed;  // person, set
  std::shared_ptr<FlakyStore> store;
  test::Notebook mta;
  std::set<std::string> delivered;
  bool refused_for_good = false;  // somebody, at RCPT or at the end

  Sent() {
    streams[0].when.header = {{"x-news", {"yes"}}};
    std::set<unsigned> fails;
    if (*rc::gen::inRange(0, 3) == 0) {
      for (unsigned call = 0; call < 5; ++call) {
        if (*rc::gen::arbitrary<bool>()) fails.insert(call);
      }
    }
    store = std::make_shared<FlakyStore>(std::move(fails));
    static_cast<void>(store->memory.init("test"));
    for (const char* person : kPeople) {
      for (const char* set : kSets) {
        if (*rc::gen::inRange(0, 6) != 0) continue;
        listed.emplace(person, set);
        store->memory.add_as_others_do(person, SetName(set));
      }
    }
    send();
  }

  const Stream& stream() const { return streams[is_news ? 0 : 1]; }
  bool is_listed(const std::string& person) const {
    return std::any_of(std::begin(kSets), std::end(kSets), [&](const char* set) {
      return listed.contains({person, set}) && honours(stream(), set);
    });
  }

private:
  void send() {
    Config config;
    config.streams = streams;
    Activity activity;
    ContentWatch content_watch;
    CurrentSnapshot snapshot;
    snapshot.set(make_snapshot(config, store));
    Session session(snapshot, activity, content_watch, *rc::gen::arbitrary<bool>());
    session.mail("<news@shop.example>", mta);
    std::vector<std::string> accepted;
    for (const char* person : kPeople) {
      const Reply reply = session.recipient(person, mta);
      refused_for_good = refused_for_good || reply.kind() == Reply::Kind::permanent;
      if (!reply.refuses()) accepted.emplace_back(person);
    }
    Reply reply = Reply::proceed();
    if (*rc::gen::arbitrary<bool>()) {
      reply = session.data(mta);
    } else {
      session.content_follows();
    }
    if (reply.kind() != Reply::Kind::accept) {
      session.header("List-Id", "<a.b>");
      if (is_news) session.header("X-News", "yes");
      reply = session.end_of_message(mta);
    }
    refused_for_good = refused_for_good || reply.kind() == Reply::Kind::permanent;
    if (reply.refuses() || !mta.held.empty()) return;
    for (const std::string& person : accepted) {
      if (std::find(mta.deleted.begin(), mta.deleted.end(), person) == mta.deleted.end())
        delivered.insert(person);
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(message_properties)

BOOST_AUTO_TEST_CASE(who_has_opted_out_gets_the_mail_only_unchecked_and_if_that_is_allowed) {
  BOOST_TEST(rc::check([] {
    const Sent sent;
    for (const std::string& person : sent.delivered) {
      if (!sent.is_listed(person)) continue;
      RC_ASSERT(sent.stream().on_outage == OnOutage::accept);
      RC_ASSERT(sent.store->failed > 0u);
    }
  }));
}

BOOST_AUTO_TEST_CASE(while_the_store_answers_all_others_get_it) {
  BOOST_TEST(rc::check([] {
    const Sent sent;
    if (sent.store->failed > 0 || sent.stream().on_mixed != OnMixed::strip) return;
    for (const char* person : kPeople)
      RC_ASSERT(sent.is_listed(person) != sent.delivered.contains(person));
  }));
}

BOOST_AUTO_TEST_CASE(nobody_is_refused_for_good_but_for_an_opt_out) {
  BOOST_TEST(rc::check([] {
    const Sent sent;
    const bool reason = std::any_of(std::begin(kPeople), std::end(kPeople),
                                    [&](const char* person) { return sent.is_listed(person); });
    RC_ASSERT(reason || !sent.refused_for_good);
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
