// What /proc says of a process, and what the metrics say of the daemon.

#include "doctor/process_facts.h"

#include "doctor/daemon_facts.h"

#include <boost/test/unit_test.hpp>
#include <unistd.h>

#include <chrono>
#include <string>

using namespace optout::doctor;

BOOST_AUTO_TEST_SUITE(process_facts)

BOOST_AUTO_TEST_CASE(limits_are_read_as_the_kernel_writes_them) {
  BOOST_TEST(*open_files_of("Limit                     Soft Limit           Hard Limit\n"
                            "Max open files            1024                 524288     files\n") ==
             1024u);
  BOOST_TEST(!open_files_of(""));
}

BOOST_AUTO_TEST_CASE(an_account_is_what_it_acts_as_with_all_groups) {
  const auto account = account_in(
      "Name:\toptout-milter\nUid:\t0\t990\t990\t990\nGid:\t0\t991\t991\t991\n"
      "FDSize:\t64\nGroups:\t103 117 \n");
  BOOST_TEST_REQUIRE(account.has_value());
  BOOST_TEST(account->uid == 990u);
  const std::vector<gid_t> groups{991, 103, 117};
  BOOST_TEST(account->groups == groups, boost::test_tools::per_element());
  BOOST_TEST(!account_in(""));
  BOOST_TEST(!account_in("Uid:\t0\n"));
}

BOOST_AUTO_TEST_CASE(the_start_is_found_behind_any_name) {
  const std::string fields = " S 1 7 7 0 -1 4194560 2 0 0 0 0 0 0 0 20 0 1 0 4711 5 6";
  BOOST_TEST(*start_in("42 (optout-milter)" + fields) == 4711u);
  BOOST_TEST(*start_in("42 (a) b (c)" + fields) == 4711u);
  BOOST_TEST(!start_in("42 (x) S 1"));
  BOOST_TEST(!start_in(""));
}

BOOST_AUTO_TEST_CASE(this_process_is_found) {
  const auto self = process_of(::getpid());
  BOOST_TEST_REQUIRE(self.has_value());
  BOOST_TEST(self->account.uid == ::geteuid());
  BOOST_TEST(self->most_open_files.has_value());
  BOOST_TEST_REQUIRE(self->since.has_value());
  BOOST_TEST((*self->since <= std::chrono::system_clock::now()));
  BOOST_TEST(!process_of(-1));
  BOOST_TEST(!only_process_called("nobody is called so"));
}

BOOST_AUTO_TEST_CASE(the_time_of_loading_is_read_from_the_metrics) {
  const auto loaded = time_of_loading_in(
      "HTTP/1.1 200 OK\r\n\r\n# TYPE optout_config_loaded_timestamp_seconds gauge\n"
      "optout_config_loaded_timestamp_seconds 1795000000\nother 1\n");
  BOOST_TEST_REQUIRE(loaded.has_value());
  BOOST_TEST(std::chrono::system_clock::to_time_t(*loaded) == 1795000000);
  BOOST_TEST(!time_of_loading_in("HTTP/1.1 404 Not Found\r\n\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
