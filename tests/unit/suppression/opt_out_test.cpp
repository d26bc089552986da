#include "suppression/opt_out.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_SUITE(instants)

BOOST_AUTO_TEST_CASE(an_instant_survives_being_written) {
  for (const std::string text :
       {"2026-03-02T10:00:00Z", "1970-01-01T00:00:00Z", "2024-02-29T23:59:59Z"}) {
    const auto instant = parse_instant(text);
    BOOST_REQUIRE(instant.has_value());
    BOOST_TEST(to_string(*instant) == text);
  }
}

BOOST_AUTO_TEST_CASE(a_plain_date_is_its_midnight) {
  BOOST_TEST(to_string(*parse_instant("2026-03-02")) == "2026-03-02T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(what_is_no_instant_is_not_guessed) {
  for (const std::string_view text :
       {"", "2026", "2026-3-2", "2026-13-01", "2026-02-29", "2026-03-02T", "2026-03-02T10:00",
        "2026-03-02T25:00:00Z", "2026-03-02T10:00:00", "2026-03-02T10:00:00Z ", "+026-03-02"}) {
    BOOST_TEST(!parse_instant(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(every_source_has_a_word_and_every_word_a_source) {
  for (const auto source : {Source::one_click, Source::reply, Source::page, Source::complaint,
                            Source::bounce, Source::import, Source::admin, Source::external}) {
    BOOST_TEST((parse_source(to_string(source)) == source));
  }
  BOOST_TEST(!parse_source("hearsay").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
