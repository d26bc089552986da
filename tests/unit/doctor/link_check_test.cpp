// What curl's answers mean.

#include "doctor/link_check.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>

using namespace optout::doctor;
using namespace optout::test;

namespace {

const std::string kLink = "https://optout.example.com/u/";

State after(int exit_status, const std::string& http) {
  return check_link(kLink,
                    ProgramOutput{.exit_status = exit_status, .out = http, .err = "curl: x\n"})
      .state;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(links)

BOOST_AUTO_TEST_CASE(without_curl_it_cannot_be_told) {
  const Finding finding = check_link(kLink, "curl is not installed here");
  BOOST_TEST(finding.state == State::doubtful);
  BOOST_TEST(finding.found.starts_with("cannot tell: "));
}

BOOST_AUTO_TEST_CASE(a_page_that_answers_is_fine_even_if_it_asks_for_a_token) {
  BOOST_TEST(after(0, "200") == State::good);
  BOOST_TEST(after(0, "400") == State::good);
}

BOOST_AUTO_TEST_CASE(a_server_without_such_a_page_is_doubtful) {
  BOOST_TEST(after(0, "404") == State::doubtful);
  BOOST_TEST(after(0, "410") == State::doubtful);
}

BOOST_AUTO_TEST_CASE(names_certificates_and_silence_are_told_apart) {
  for (const int status : {6, 7, 28, 35, 60, 99})
    BOOST_TEST(after(status, "000") == State::bad, status);
  const Finding finding = check_link(kLink, ProgramOutput{.exit_status = 60, .out = {}, .err = {}});
  BOOST_TEST(finding.found.find("certificate") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_of_the_server_and_passwords_are_wrong_redirections_doubtful) {
  BOOST_TEST(after(0, "502") == State::bad);
  BOOST_TEST(after(0, "401") == State::bad);
  BOOST_TEST(after(0, "301") == State::doubtful);
}

BOOST_AUTO_TEST_SUITE_END()
