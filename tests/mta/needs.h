// Tests that need a program which is not everywhere.

#pragma once

#include <boost/test/unit_test.hpp>

namespace optout::test {

template <typename Program>
boost::test_tools::assertion_result is_there(boost::unit_test::test_unit_id) {
  const auto reason = Program::unavailable();
  boost::test_tools::assertion_result there(!reason);
  there.message() << reason.value_or("");
  return there;
}

// A decorator for tests and suites: they are skipped, and say why, where the program is not there.
template <typename Program>
auto needs() {
  return boost::unit_test::precondition(&is_there<Program>);
}

}  // namespace optout::test
