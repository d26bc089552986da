// A list is noted once a process, not once a message; and what could not be noted is tried again.

#include "suppression/known_lists.h"

#include "suppression/memory_registry.h"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

namespace optout {
namespace {

using Standing = KnownLists::Standing;

KnownLists::Name named(std::string name) {
  return [name = std::move(name)] { return name; };
}

// Counts how often it is told of a list.
class CountingRegistry final : public Registry {
public:
  explicit CountingRegistry(std::size_t most_lists) : memory(most_lists) {}

  Result<Noted> note(const KnownList& list) override {
    ++noted;
    return memory.note(list);
  }
  Result<std::optional<SetName>> set_of(std::uint32_t reference) override {
    return memory.set_of(reference);
  }
  Result<std::vector<KnownList>> lists(std::string_view tenant) override {
    return memory.lists(tenant);
  }
  Result<Done> keep_address(std::uint64_t reference, std::string_view member) override {
    return memory.keep_address(reference, member);
  }
  Result<std::optional<std::string>> member_of(std::uint64_t reference) override {
    return memory.member_of(reference);
  }

  MemoryRegistry memory;
  std::atomic<std::size_t> noted = 0;
};

struct Process {
  explicit Process(std::size_t most_lists = Registry::kMostLists)
      : registry(std::make_shared<CountingRegistry>(most_lists)) {}

  std::shared_ptr<CountingRegistry> registry;
  Instant now = *parse_instant("2026-03-02T10:00:00Z");
  KnownLists lists{registry, [this] { return now; }};
};

struct SmallProcess : Process {
  SmallProcess() : Process(1) {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(known_lists)

BOOST_FIXTURE_TEST_CASE(a_list_is_noted_once, Process) {
  for (int message = 0; message < 100; ++message)
    BOOST_TEST((lists.note("acme", "news.example.com", named("News"), 1) == Standing::noted));
  BOOST_TEST(registry->noted == 1u);
  const auto found = registry->memory.lists("acme");
  BOOST_REQUIRE(found->size() == 1u);
  BOOST_TEST((found->front() == KnownList{.id = "news.example.com",
                                          .tenant = "acme",
                                          .name = "News",
                                          .reference = 1,
                                          .first_seen = now}));
}

BOOST_FIXTURE_TEST_CASE(AT_27_a_list_of_one_tenant_is_not_that_of_another, Process) {
  BOOST_TEST((lists.note("acme", "news.example.com", named(""), 1) == Standing::noted));
  BOOST_TEST((lists.note("", "news.example.com", named(""), 2) == Standing::noted));
  BOOST_TEST((lists.note("acmenews", ".example.com", named(""), 3) == Standing::noted));
  BOOST_TEST(registry->noted == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_name_that_comes_later_is_noted_once, Process) {
  lists.note("", "news.example.com", named(""), 1);
  lists.note("", "news.example.com", named("News"), 1);
  lists.note("", "news.example.com", named("Other"), 1);
  lists.note("", "news.example.com", named(""), 1);
  BOOST_TEST(registry->noted == 2u);
  BOOST_TEST(registry->memory.lists("")->front().name == "News");
}

BOOST_FIXTURE_TEST_CASE(once_a_name_is_known_nobody_is_asked_for_it, Process) {
  int asked = 0;
  const auto name = [&asked] {
    ++asked;
    return std::string(asked == 1 ? "" : "News");
  };
  for (int message = 0; message < 100; ++message)
    lists.note("", "news.example.com", name, 1);
  BOOST_TEST(asked == 2);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_is_noted_stays_so_while_redis_is_down, Process) {
  lists.note("", "news.example.com", named(""), 1);
  registry->memory.fail_with(Error{Fault::timeout, "told to"});
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::noted));
  BOOST_TEST((lists.note("", "news.example.com", named("News"), 1) == Standing::noted));
}

BOOST_FIXTURE_TEST_CASE(a_failure_is_remembered_for_a_minute, Process) {
  registry->memory.fail_with(Error{Fault::timeout, "told to"});
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::cannot_tell));
  registry->memory.fail_with(std::nullopt);
  now += std::chrono::seconds(59);
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::cannot_tell));
  BOOST_TEST(registry->noted == 1u);
  now += std::chrono::seconds(1);
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::noted));
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_is_set_back_does_not_make_a_failure_last, Process) {
  registry->memory.fail_with(Error{Fault::timeout, "told to"});
  lists.note("", "news.example.com", named(""), 1);
  registry->memory.fail_with(std::nullopt);
  now -= std::chrono::hours(1);
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::noted));
}

BOOST_FIXTURE_TEST_CASE(a_full_registry_and_a_taken_reference_are_told_and_tried_again,
                        SmallProcess) {
  BOOST_TEST((lists.note("", "news.example.com", named(""), 1) == Standing::noted));
  BOOST_TEST((lists.note("", "offers.example.com", named(""), 1) == Standing::taken));
  BOOST_TEST((lists.note("", "more.example.com", named(""), 2) == Standing::full));
  BOOST_TEST((lists.note("", "more.example.com", named(""), 2) == Standing::full));
  BOOST_TEST(registry->noted == 3u);
  now += KnownLists::kRetry;
  BOOST_TEST((lists.note("", "more.example.com", named(""), 2) == Standing::full));
  BOOST_TEST(registry->noted == 4u);
}

BOOST_FIXTURE_TEST_CASE(AT_18_only_so_many_are_remembered_and_the_rest_is_learnt_again, Process) {
  for (std::size_t i = 0; i < KnownLists::kRemembered; ++i)
    lists.note("", "list" + std::to_string(i), named(""), static_cast<std::uint32_t>(i));
  lists.note("", "list0", named(""), 0);
  BOOST_TEST(registry->noted == KnownLists::kRemembered);
  lists.note("", "one-more", named(""), 0xFFFFFFFF);
  BOOST_TEST((lists.note("", "list0", named(""), 0) == Standing::noted));
  BOOST_TEST(registry->noted == KnownLists::kRemembered + 2);
}

BOOST_FIXTURE_TEST_CASE(many_threads_may_ask_at_once, Process) {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 0; i < 2000; ++i) {
        const std::uint32_t number = i % 50;
        const std::string id = "list" + std::to_string(number);
        if (lists.note("", id, named(""), number) != Standing::noted) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  BOOST_TEST(wrong == 0);
  BOOST_TEST(registry->noted < 4u * 2000u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
