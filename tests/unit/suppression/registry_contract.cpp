// What every Registry does, whatever it is made of. Run on the one in memory and on Redis alike.

#include "registry_under_test.h"

#include <boost/test/unit_test.hpp>

namespace optout {

std::ostream& boost_test_print_type(std::ostream& out, Noted noted) {
  switch (noted) {
    case Noted::added:
      return out << "added";
    case Noted::already_there:
      return out << "already_there";
    case Noted::full:
      return out << "full";
    case Noted::taken:
      return out << "taken";
  }
  return out;
}

namespace {

KnownList list(const std::string& id, std::uint32_t reference, const std::string& tenant = {},
               const std::string& name = "News") {
  return {.id = id,
          .tenant = tenant,
          .name = name,
          .reference = reference,
          .first_seen = *parse_instant("2026-03-02T10:00:00Z")};
}

struct Empty {
  std::unique_ptr<test::RegistryUnderTest> test = test::make_registry_under_test();
  Registry& registry = test->registry();

  Noted note(const KnownList& list) {
    const auto noted = registry.note(list);
    BOOST_REQUIRE(noted);
    return *noted;
  }
  std::optional<SetName> set_of(std::uint32_t reference) {
    const auto set = registry.set_of(reference);
    BOOST_REQUIRE(set);
    return *set;
  }
  std::vector<KnownList> lists(std::string_view tenant = {}) {
    const auto found = registry.lists(tenant);
    BOOST_REQUIRE(found);
    return *found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(registry_contract)

BOOST_FIXTURE_TEST_CASE(a_reference_stands_for_its_list_once_that_is_noted, Empty) {
  BOOST_TEST(!set_of(0x1a2b3c4d).has_value());
  BOOST_TEST(note(list("news.example.com", 0x1a2b3c4d)) == Noted::added);
  BOOST_TEST((set_of(0x1a2b3c4d) == SetName::list("news.example.com")));
  BOOST_TEST(!set_of(0x1a2b3c4e).has_value());
}

BOOST_FIXTURE_TEST_CASE(the_extremes_are_references_like_any_other, Empty) {
  BOOST_TEST(note(list("zero.example.com", 0)) == Noted::added);
  BOOST_TEST(note(list("all.example.com", 0xFFFFFFFF)) == Noted::added);
  BOOST_TEST((set_of(0) == SetName::list("zero.example.com")));
  BOOST_TEST((set_of(0xFFFFFFFF) == SetName::list("all.example.com")));
}

BOOST_FIXTURE_TEST_CASE(noting_again_is_harmless_and_the_earlier_date_stands, Empty) {
  BOOST_REQUIRE(note(list("news.example.com", 1)) == Noted::added);
  KnownList later = list("news.example.com", 1, "", "Other");
  later.first_seen = *parse_instant("2026-04-01");
  BOOST_TEST(note(later) == Noted::already_there);
  BOOST_TEST((lists() == std::vector{list("news.example.com", 1)}));
}

BOOST_FIXTURE_TEST_CASE(a_name_is_added_where_there_was_none, Empty) {
  BOOST_REQUIRE(note(list("news.example.com", 1, "", "")) == Noted::added);
  BOOST_TEST(note(list("news.example.com", 1, "", "")) == Noted::already_there);
  KnownList later = list("news.example.com", 1, "", "News");
  later.first_seen = *parse_instant("2026-04-01");
  BOOST_TEST(note(later) == Noted::already_there);
  BOOST_TEST((lists() == std::vector{list("news.example.com", 1)}));
}

BOOST_FIXTURE_TEST_CASE(AT_27_each_tenant_has_its_own_lists_and_references_know_whose_they_are,
                        Empty) {
  const KnownList ours = list("news.example.com", 1, "acme");
  const KnownList theirs = list("news.example.com", 2, "other");
  const KnownList common = list("news.example.com", 3);
  for (const KnownList& each : {ours, theirs, common}) {
    BOOST_TEST(note(each) == Noted::added);
    BOOST_TEST((lists(each.tenant) == std::vector{each}));
    BOOST_TEST((set_of(each.reference) == SetName::list("news.example.com", each.tenant)));
  }
  BOOST_TEST(lists("nobody").empty());
}

BOOST_FIXTURE_TEST_CASE(AT_27_a_reference_never_changes_its_meaning, Empty) {
  BOOST_REQUIRE(note(list("news.example.com", 1)) == Noted::added);
  BOOST_TEST(note(list("offers.example.com", 1)) == Noted::taken);
  BOOST_TEST(note(list("news.example.com", 1, "acme")) == Noted::taken);
  BOOST_TEST((set_of(1) == SetName::list("news.example.com")));
  BOOST_TEST(lists().size() == 1u);
  BOOST_TEST(lists("acme").empty());
}

// List-Ids are made up by whoever sends (LI-05): they must not fill the store.
BOOST_FIXTURE_TEST_CASE(only_so_many_lists_are_kept_and_those_stay_known, Empty) {
  for (std::uint32_t i = 0; i < test::kFewLists; ++i)
    BOOST_REQUIRE(note(list("list" + std::to_string(i), i)) == Noted::added);
  BOOST_TEST(note(list("one-more", 99)) == Noted::full);
  BOOST_TEST(!set_of(99).has_value());
  BOOST_TEST(lists().size() == test::kFewLists);
  BOOST_TEST(note(list("list0", 0)) == Noted::already_there);
  BOOST_TEST(note(list("news.example.com", 100, "acme")) ==
             Noted::added);  // AT-27: not their fault
}

// LI-06: names are for people only, whatever they hold.
BOOST_FIXTURE_TEST_CASE(LI_06_names_are_octets_kept_as_they_are_but_bounded, Empty) {
  const std::string unsafe = "\x1b[2J ref=00000000\r\n% \xff jörg";
  BOOST_REQUIRE(note(list("a.example.com", 1, "", unsafe)) == Noted::added);
  BOOST_REQUIRE(note(list("b.example.com", 2, "", std::string(5000, 'x'))) == Noted::added);
  const auto found = lists();
  BOOST_REQUIRE(found.size() == 2u);
  BOOST_TEST(found[0].name == unsafe);
  BOOST_TEST(found[0].reference == 1u);
  BOOST_TEST(found[1].name == std::string(Registry::kLongestName, 'x'));
}

BOOST_FIXTURE_TEST_CASE(lists_come_in_the_order_of_their_ids, Empty) {
  for (const char* id : {"b.example.com", "c.example.com", "a.example.com"})
    BOOST_REQUIRE(note(list(id, static_cast<std::uint32_t>(id[0]))) == Noted::added);
  std::string order;
  for (const KnownList& found : lists())
    order += found.id[0];
  BOOST_TEST(order == "abc");
}

BOOST_FIXTURE_TEST_CASE(a_long_address_is_found_by_its_reference, Empty) {
  const std::string member(300, 'a');
  BOOST_TEST(!registry.member_of(0x0011223344556677)->has_value());
  BOOST_REQUIRE(registry.keep_address(0x0011223344556677, member));
  BOOST_REQUIRE(registry.keep_address(0x0011223344556677, member));
  BOOST_TEST((*registry.member_of(0x0011223344556677) == member));
  BOOST_TEST(!registry.member_of(0x44556677)->has_value());
  BOOST_TEST(!registry.set_of(0x44556677)->has_value());
}

BOOST_FIXTURE_TEST_CASE(an_address_stays_in_the_spelling_it_was_kept_in, Empty) {
  BOOST_REQUIRE(registry.keep_address(7, "ann@example.com"));
  BOOST_TEST(static_cast<bool>(registry.keep_address(7, "#1:0011")));
  BOOST_TEST((*registry.member_of(7) == "ann@example.com"));
}

BOOST_FIXTURE_TEST_CASE(AT_25_without_the_marker_nothing_is_told_and_nothing_kept, Empty) {
  BOOST_REQUIRE(note(list("news.example.com", 1)) == Noted::added);
  test->unmark();
  const auto expected = Fault::schema_missing;
  BOOST_TEST((registry.note(list("offers.example.com", 2)).error().fault == expected));
  BOOST_TEST((registry.set_of(1).error().fault == expected));
  BOOST_TEST((registry.lists("").error().fault == expected));
  BOOST_TEST((registry.keep_address(1, "ann@example.com").error().fault == expected));
  BOOST_TEST((registry.member_of(1).error().fault == expected));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
