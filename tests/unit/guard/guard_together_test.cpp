// Two relays and many connections count at once: together they let no more people through than one
// would.

#include "redis_of_guard.h"

#include <atomic>
#include <thread>

namespace optout {
namespace {

struct Relay {
  explicit Relay(const std::string& name)
      : guard(test::client(), "optout:", GuardOptions{}, name) {}
  Guard guard;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_together)

BOOST_FIXTURE_TEST_CASE(two_relays_with_sixteen_connections_each, test::FreshRedis) {
  Relay relays[] = {Relay("mx1"), Relay("mx2")};
  const Limits limits{{.kind = LimitKind::recipients,
                       .most = 500,
                       .window = std::chrono::hours(1),
                       .then = Step::hold}};
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> passed{0};
  std::atomic<unsigned> trips{0};
  std::atomic<unsigned> faults{0};
  const auto connection = [&](Guard& guard) {
    for (std::uint64_t i = next++; i < 1'000; i = next++) {
      GuardCheck check(guard, guard.plan({.name = "auth:crm", .limits = limits}),
                       {.id = std::to_string(i)}, false);
      check.ask(test::people(1, i));
      check.ask_alone();
      const auto verdict = check.answer();
      if (!verdict) {
        ++faults;
        continue;
      }
      check.put_down(*verdict, true);
      trips += static_cast<unsigned>(check.trips().size());
      if (!verdict->stops()) ++passed;
    }
  };
  std::vector<std::thread> connections;
  for (int i = 0; i < 32; ++i)
    connections.emplace_back(connection, std::ref(relays[i % 2].guard));
  for (std::thread& each : connections)
    each.join();
  BOOST_TEST(faults == 0U);
  BOOST_TEST(trips == 1U);
  BOOST_TEST(passed <= 500U);
  BOOST_TEST(passed >= 500U - 32U);  // those under way together at the very end may stop each other
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
