// Sendmail's filters and listeners, from lines of sendmail.cf as m4 makes them.

#include "doctor/sendmail.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

const std::string kFilter =
    "Xoptout, S=unix:/run/optout-milter/milter.sock, F=T, T=C:10s;S:10s;R:10s;E:60s\n";
const std::string kSigner = "Xopendkim, S=inet:8891@127.0.0.1\n";
const std::string kListeners =
    "O DaemonPortOptions=Family=inet, Name=MTA-v4, Port=smtp\n"
    "O DaemonPortOptions=Family=inet, Name=bulk, Port=2525, InputMailFilters=optout\n";

Findings look(const std::string& cf, bool adds = false) {
  Config config;
  if (adds) config.streams.front().list_unsubscribe = ListUnsubscribe::add;
  Findings findings = check_sendmail(parse_sendmail(cf), config);
  BOOST_TEST(all_give_reasons(findings));
  return findings;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sendmail)

BOOST_AUTO_TEST_CASE(lines_are_read_as_sendmail_reads_them) {
  const Sendmail parsed = parse_sendmail(
      "Xoptout, S=unix:/run/o.sock,\n\tF=T\nO InputMailFilters=optout, opendkim\n"
      "O DaemonPortOptions=Name=MTA, I=opendkim;optout\nO DaemonPortOptions=Name=MSA\n");
  BOOST_TEST_REQUIRE(parsed.filters.size() == 1u);
  BOOST_TEST(parsed.filters[0].name == "optout");
  BOOST_TEST(parsed.filters[0].socket.path == "/run/o.sock");
  BOOST_TEST(parsed.filters[0].flags == "T");
  BOOST_TEST_REQUIRE(parsed.listeners.size() == 2u);
  BOOST_TEST(parsed.listeners[0].filters.front() == "opendkim");
  BOOST_TEST(parsed.listeners[1].filters.front() == "optout");
}

BOOST_AUTO_TEST_CASE(without_our_filter_the_line_is_told) {
  const Findings findings = look(kSigner + kListeners);
  BOOST_TEST(state_of(findings, "INPUT_MAIL_FILTER") == "error");
  BOOST_TEST(
      say(findings, "INPUT_MAIL_FILTER(`optout', `S=unix:/run/optout-milter/milter.sock, F=T"));
}

BOOST_AUTO_TEST_CASE(a_filter_that_no_listener_asks_is_useless) {
  BOOST_TEST(state_of(look(kFilter + "O DaemonPortOptions=Name=MTA\n"), "InputMailFilters") ==
             "error");
}

BOOST_AUTO_TEST_CASE(listeners_that_do_not_ask_are_named) {
  const Findings findings = look(kFilter + kListeners);
  BOOST_TEST(state_of(findings, "InputMailFilters") == "warning");
  BOOST_TEST(say(findings, "not asked by MTA-v4"));
  BOOST_TEST(state_of(look(kFilter + "O InputMailFilters=optout\n" + kListeners),
                      "InputMailFilters") == "ok");
}

BOOST_AUTO_TEST_CASE(without_f_t_mail_passes_while_we_are_away) {
  const auto flags = [](const std::string& equate) {
    return state_of(look("Xoptout, S=unix:/run/optout-milter/milter.sock" + equate +
                         "\nO InputMailFilters=optout\nO DaemonPortOptions=Name=MTA\n"),
                    "F= of filter optout");
  };
  BOOST_TEST(flags(", F=T") == "ok");
  BOOST_TEST(flags("") == "error");
  BOOST_TEST(flags(", F=R") == "error");
}

BOOST_AUTO_TEST_CASE(who_signs_comes_behind_us_where_we_add_fields) {
  const std::string listener = "O DaemonPortOptions=Name=MTA\nO InputMailFilters=";
  const auto order = [&](const std::string& filters, bool adds) {
    return state_of(look(kFilter + kSigner + listener + filters + "\n", adds), "order");
  };
  BOOST_TEST(order("optout, opendkim", true) == "ok");
  BOOST_TEST(order("opendkim, optout", true) == "error");
  BOOST_TEST(order("opendkim, optout", false) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()
