// Names of faults: they stand in logs and metrics, so each must be there, and be one word.

#include "util/fault.h"

#include "util/result.h"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace optout;

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(every_fault_has_a_name_of_its_own) {
  std::set<std::string_view> names;
  const int last = static_cast<int>(Fault::internal);
  for (int i = 0; i <= last; ++i)
    names.insert(to_string(static_cast<Fault>(i)));
  BOOST_TEST(names.size() == static_cast<std::size_t>(last) + 1);
}

BOOST_AUTO_TEST_CASE(names_of_faults_can_be_metric_labels) {
  for (int i = 0; i <= static_cast<int>(Fault::internal); ++i) {
    const std::string_view name = to_string(static_cast<Fault>(i));
    BOOST_TEST(!name.empty());
    BOOST_TEST(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos,
               name);
  }
}

BOOST_AUTO_TEST_CASE(a_result_is_a_value_or_an_error) {
  const Result<int> seven = 7;
  BOOST_REQUIRE(seven);
  BOOST_TEST(*seven == 7);
  const Result<int> late = Error{Fault::timeout, "timed out after 250 ms"};
  BOOST_REQUIRE(!late);
  BOOST_TEST(to_string(late.error().fault) == "timeout");
  BOOST_TEST(late.error().detail == "timed out after 250 ms");
}

BOOST_AUTO_TEST_SUITE_END()
