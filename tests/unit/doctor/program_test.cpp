// Programs that are asked: what they say, and that none is waited for without end.

#include "doctor/program.h"

#include <boost/test/unit_test.hpp>

using namespace optout::doctor;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(programs)

BOOST_AUTO_TEST_CASE(what_it_says_comes_back_with_its_status) {
  const auto ran = run_program({"sh", "-c", "echo out; echo err >&2; exit 3"});
  const auto& said = std::get<ProgramOutput>(ran);
  BOOST_TEST(said.out == "out\n");
  BOOST_TEST(said.first_line_of_err() == "err");
  BOOST_TEST(said.exit_status == 3);
}

BOOST_AUTO_TEST_CASE(it_has_nothing_to_read_and_speaks_english) {
  const auto ran = run_program({"sh", "-c", "cat; printf %s \"$LC_ALL\""});
  BOOST_TEST(std::get<ProgramOutput>(ran).out == "C");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_told) {
  const auto ran = run_program({"no-such-program-anywhere"});
  BOOST_TEST(std::get<std::string>(ran) == "no-such-program-anywhere is not installed here");
}

BOOST_AUTO_TEST_CASE(one_that_does_not_end_is_ended) {
  const auto ran = run_program({"sleep", "1000"}, milliseconds(50));
  BOOST_TEST(std::get<std::string>(ran) == "sleep did not end within 0.05 s, or said too much");
}

BOOST_AUTO_TEST_CASE(one_whose_children_hold_its_output_is_ended_too) {
  const auto ran = run_program({"sh", "-c", "sleep 1000 & exit 0"}, milliseconds(200));
  BOOST_TEST(std::holds_alternative<std::string>(ran));
}

BOOST_AUTO_TEST_CASE(one_that_says_too_much_is_ended) {
  const auto ran = run_program({"yes"});
  BOOST_TEST(std::holds_alternative<std::string>(ran));
}

BOOST_AUTO_TEST_SUITE_END()
