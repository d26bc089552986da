// The main() of every Boost.Test program, compiled once.

#include <boost/test/unit_test.hpp>

int main(int argc, char** argv) {
  // Tests register themselves; there is nothing else to set up.
  return boost::unit_test::unit_test_main([] { return true; }, argc, argv);
}
