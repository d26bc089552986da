// The main() of every Boost.Test program, compiled once.

#define BOOST_TEST_MODULE optout
#include <boost/test/unit_test.hpp>
