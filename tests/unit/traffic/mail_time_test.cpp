#include "traffic/mail_time.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>

namespace optout {
namespace {

std::string in_utc(const std::string& text) {
  const auto time = parse_mail_time(text);
  return time ? to_string(*time) : "nothing";
}

MailTime at(const std::string& text) {
  return parse_mail_time(text).value();
}

// Another time zone for as long as it lives.
struct Zone {
  explicit Zone(const char* name) { set(name); }
  ~Zone() {
    ::unsetenv("TZ");
    ::tzset();
  }
  static void set(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_time)

BOOST_AUTO_TEST_CASE(times_are_read_as_RFC_3339_has_them) {
  BOOST_TEST(in_utc("2026-11-22T09:50:00Z") == "2026-11-22T09:50:00Z");
  BOOST_TEST(in_utc("2026-11-22T09:50:00.123456+01:00") == "2026-11-22T08:50:00Z");
  BOOST_TEST(in_utc("2026-11-22T23:50:00-0130") == "2026-11-23T01:20:00Z");
  BOOST_TEST(in_utc("2026-11-22 09:50:00") == "2026-11-22T09:50:00Z");
  BOOST_TEST((at("2026-11-22T09:50:00.25Z") - at("2026-11-22T09:50:00Z")).count() == 250);
}

BOOST_AUTO_TEST_CASE(times_are_read_as_seconds_since_1970) {
  BOOST_TEST(in_utc("1795341000") == "2026-11-22T09:50:00Z");
  BOOST_TEST((at("1795341000.5") - at("1795341000")).count() == 500);
}

BOOST_AUTO_TEST_CASE(what_is_no_time_is_nothing) {
  for (const char* text :
       {"", "now", "2026-11-22", "2026-13-22T09:50:00Z", "2026-02-30T09:50:00Z",
        "2026-11-22T24:50:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:50Z",
        "2026-11-22T09:50:00.Z", "2026-11-22T09:50:00Zx", "2026-11-22T09:50:00+1", "-1",
        "99999999999999999999", "1795341000x", "1795341000.", "22.11.2026 09:50"})
    BOOST_TEST(in_utc(text) == "nothing", text);
}

BOOST_AUTO_TEST_CASE(the_year_of_a_log_is_this_one_or_where_that_is_to_come_the_last) {
  const Zone utc("UTC");
  SyslogTime log(at("2026-03-02T10:00:00Z"), std::nullopt);
  BOOST_TEST(to_string(log.parse("Mar  2 09:50:00").value()) == "2026-03-02T09:50:00Z");
  BOOST_TEST(to_string(log.parse("Dec 31 23:59:59").value()) == "2025-12-31T23:59:59Z");
  BOOST_TEST(to_string(log.parse("Jan  1 00:00:00").value()) == "2026-01-01T00:00:00Z");
}

BOOST_AUTO_TEST_CASE(clocks_a_little_ahead_do_not_make_a_log_a_year_old) {
  const Zone utc("UTC");
  SyslogTime log(at("2026-03-02T10:00:00Z"), std::nullopt);
  BOOST_TEST(to_string(log.parse("Mar  2 10:05:00").value()) == "2026-03-02T10:05:00Z");
}

BOOST_AUTO_TEST_CASE(with_a_year_given_a_log_may_go_on_into_the_next) {
  const Zone utc("UTC");
  SyslogTime log(at("2026-03-02T10:00:00Z"), 2020);
  BOOST_TEST(to_string(log.parse("Feb 29 12:00:00").value()) == "2020-02-29T12:00:00Z");
  BOOST_TEST(to_string(log.parse("Dec 31 23:59:59").value()) == "2020-12-31T23:59:59Z");
  BOOST_TEST(to_string(log.parse("Jan  1 00:00:01").value()) == "2021-01-01T00:00:01Z");
  BOOST_TEST(to_string(log.parse("Dec 31 23:59:59").value()) == "2020-12-31T23:59:59Z");
}

BOOST_AUTO_TEST_CASE(a_log_without_a_zone_has_that_of_this_host) {
  const Zone there("XYZ-02:00");
  SyslogTime log(at("2026-03-02T10:00:00Z"), std::nullopt);
  BOOST_TEST(to_string(log.parse("Mar  2 09:50:00").value()) == "2026-03-02T07:50:00Z");
  BOOST_TEST(to_string(log.parse("Mar  2 09:59:59").value()) == "2026-03-02T07:59:59Z");
}

BOOST_AUTO_TEST_CASE(what_begins_no_line_of_a_log_is_nothing) {
  SyslogTime log(at("2026-03-02T10:00:00Z"), std::nullopt);
  for (const char* text : {"", "Mar", "Mar 02 09:50:0", "Foo  2 09:50:00", "Mar 32 09:50:00",
                           "Mar  0 09:50:00", "Mar  2 09-50-00", "Mar  2 25:50:00"})
    BOOST_TEST(!log.parse(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
