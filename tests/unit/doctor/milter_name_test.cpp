// How MTAs name milters, and whether a name means us.

#include "doctor/milter_name.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace optout;
using namespace optout::doctor;

namespace {

const Sight kPlain{.queue_directory = "/var/spool/postfix", .chrooted = false};
const Sight kChroot{.queue_directory = "/var/spool/postfix", .chrooted = true};
const SocketAddress kBelowQueue{
    .path = "/var/spool/postfix/optout-milter/milter.sock", .host = {}, .port = 0};
const SocketAddress kInRun{.path = "/run/optout-milter/milter.sock", .host = {}, .port = 0};
const SocketAddress kTcp{.path = {}, .host = "127.0.0.1", .port = 8895};

}  // namespace

BOOST_AUTO_TEST_SUITE(milter_names)

BOOST_AUTO_TEST_CASE(lists_are_separated_by_commas_and_blanks_but_not_within_braces) {
  const std::vector<std::string> parts =
      postfix_list("unix:a, { inet:h:1, default_action=accept }\tinet:127.0.0.1:8891 ,x");
  BOOST_TEST(parts == (std::vector<std::string>{"unix:a", "{ inet:h:1, default_action=accept }",
                                                "inet:127.0.0.1:8891", "x"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(settings_in_braces_belong_to_the_milter) {
  const MilterName name =
      milter_name("{ unix:o/m.sock, default_action=accept,command_timeout = 5s }");
  BOOST_TEST(name.text == "unix:o/m.sock");
  BOOST_TEST(name.path == "o/m.sock");
  BOOST_TEST(name.settings.at("default_action") == "accept");
  BOOST_TEST(name.settings.at("command_timeout") == "5s");
}

BOOST_AUTO_TEST_CASE(a_relative_path_is_right_within_and_without_a_chroot) {
  const MilterName name = milter_name("unix:optout-milter/milter.sock");
  BOOST_CHECK(match(name, kBelowQueue, kPlain) == Match::ours);
  BOOST_CHECK(match(name, kBelowQueue, kChroot) == Match::ours);
}

BOOST_AUTO_TEST_CASE(an_absolute_path_is_hidden_by_a_chroot) {
  const MilterName in_run = milter_name("unix:/run/optout-milter/milter.sock");
  BOOST_CHECK(match(in_run, kInRun, kPlain) == Match::ours);
  BOOST_CHECK(match(in_run, kInRun, kChroot) == Match::hidden);
  const MilterName below = milter_name("unix:/var/spool/postfix/optout-milter/milter.sock");
  BOOST_CHECK(match(below, kBelowQueue, kPlain) == Match::ours);
  BOOST_CHECK(match(below, kBelowQueue, kChroot) == Match::hidden);
  const MilterName as_seen = milter_name("local:/optout-milter/milter.sock");
  BOOST_CHECK(match(as_seen, kBelowQueue, kChroot) == Match::ours);
  BOOST_CHECK(match(as_seen, kBelowQueue, kPlain) == Match::other);
}

BOOST_AUTO_TEST_CASE(ports_of_this_host_are_ours_whatever_it_is_called) {
  for (const char* name : {"inet:127.0.0.1:8895", "inet:localhost:8895", "inet:8895@127.0.0.1"})
    BOOST_CHECK(match(milter_name(name), kTcp, kChroot) == Match::ours);
  for (const char* name : {"inet:127.0.0.1:8891", "inet:192.0.2.1:8895", "unix:x", "rubbish"})
    BOOST_CHECK(match(milter_name(name), kTcp, kPlain) == Match::other);
}

BOOST_AUTO_TEST_CASE(we_are_best_called_relative_to_the_queue) {
  BOOST_TEST(name_for_postfix(kBelowQueue, "/var/spool/postfix") ==
             "unix:optout-milter/milter.sock");
  BOOST_TEST(name_for_postfix(kInRun, "/var/spool/postfix") ==
             "unix:/run/optout-milter/milter.sock");
  BOOST_TEST(name_for_postfix(kTcp, "/var/spool/postfix") == "inet:127.0.0.1:8895");
}

BOOST_AUTO_TEST_CASE(signers_are_told_by_name_or_by_their_usual_port) {
  for (const char* name :
       {"inet:127.0.0.1:8891", "unix:opendkim/opendkim.sock", "inet:localhost:11332"})
    BOOST_TEST(is_signer(milter_name(name)), name);
  for (const char* name : {"unix:optout-milter/milter.sock", "inet:127.0.0.1:10025"})
    BOOST_TEST(!is_signer(milter_name(name)), name);
}

BOOST_AUTO_TEST_SUITE_END()
