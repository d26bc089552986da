#include "util/day.h"

#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {

BOOST_AUTO_TEST_SUITE(day)

BOOST_AUTO_TEST_CASE(a_day_is_read_as_it_is_written) {
  for (const char* text : {"1970-01-01", "2024-02-29", "2026-11-22", "9999-12-31"})
    BOOST_TEST(day_text(parse_day(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_days) {
  for (const char* text :
       {"", "2026-11", "2026-2-30", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-01",
        "2026-01-00", "26-01-01", "2026/01/01", "2026-01-01 ", " 2026-01-01",
        "2026-01-01T00:00:00Z", "-026-01-01", "2026-+1-01", "202x-01-01"})
    BOOST_TEST(!parse_day(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
