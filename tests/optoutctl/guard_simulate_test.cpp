// optoutctl guard simulate

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace optout::test;

namespace {

const std::string kLimits =
    "guard:\n  limits:\n    - { recipients: 500 per 1h, then: hold }\n"
    "    - { recipients_per_message: 100, then: reject }\n";

// Nothing here asks Redis: this one cannot be reached.
struct Planner {
  explicit Planner(const std::string& more = kLimits)
      : admin(Admin::at("redis://127.0.0.1:1", more)) {}

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(admin.file(name)) << text;
    return admin.file(name);
  }

  Admin admin;
};

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// `count` people get a message each, a second apart.
std::string table(int count, const std::string& auth = "crm") {
  std::string text = "time,auth,recipient,message_id\n";
  for (int i = 0; i < count; ++i) {
    text += "2026-11-22T09:" + two_digits(i / 60 % 60) + ":" + two_digits(i % 60) + "Z," + auth +
            ",person" + std::to_string(i) + "@example.com,<m" + std::to_string(i) + "@x>\n";
  }
  return text;
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_simulate)

BOOST_AUTO_TEST_CASE(who_would_have_been_stopped_is_told_and_when) {
  const Planner planner;
  const std::string file = planner.write("t.csv", table(600));
  BOOST_TEST(planner.admin({"guard", "simulate", file}).exit_status == 1);
  const auto rows = planner.admin.json({"guard", "simulate", file});
  BOOST_REQUIRE_EQUAL(rows.size(), 2u);
  BOOST_TEST(rows[0].at("sender") == "auth:crm");
  BOOST_TEST(rows[0].at("limit") == "recipients/1h");
  BOOST_TEST(rows[0].at("amount") == "500 per 1h");
  BOOST_TEST(rows[0].at("peak") == "600");
  BOOST_TEST(rows[0].at("trips") == "1");
  BOOST_TEST(rows[0].at("tripped_at") == "2026-11-22T09:08:20Z");
  BOOST_TEST(rows[0].at("step") == "hold");
  BOOST_TEST(rows[0].at("through") == "500");
  BOOST_TEST(rows[0].at("stopped") == "100");
  BOOST_TEST(rows[1].at("limit") == "recipients_per_message");
  BOOST_TEST(rows[1].at("peak") == "1");
  BOOST_TEST(rows[1].at("tripped_at").is_null());
}

BOOST_AUTO_TEST_CASE(who_would_not_is_told_with_the_peaks) {
  const Planner planner;
  const Finished done = planner.admin({"guard", "simulate", "-"}, table(450));
  BOOST_TEST(done.exit_status == 0, done.err);
  BOOST_TEST(has(done.out, "450"), done.out);
  BOOST_TEST(has(done.err, "nobody would have passed a limit"), done.err);
  BOOST_TEST(planner.admin({"guard", "simulate"}, table(5)).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(a_log_of_postfix_is_played) {
  const Planner planner(
      "guard:\n  limits: [ { recipients: 2 per 1h, then: hold },"
      " { recipients_per_message: 100, then: hold } ]\n");
  std::string log;
  const std::string begin = "Feb 29 09:50:00 mx1 postfix/";
  log += begin + "smtpd[1]: 4Xy1a: client=web[192.0.2.7], sasl_method=PLAIN, sasl_username=crm\n";
  log += begin + "qmgr[1]: 4Xy1a: from=<a@b.example>, size=1, nrcpt=3 (queue active)\n";
  for (const std::string who : {"ann", "bob", "eve"})
    log += begin + "smtp[1]: 4Xy1a: to=<" + who + "@x.example>, relay=none, status=sent (ok)\n";
  const std::string file = planner.write("mail.log", log);
  const auto rows = planner.admin.json({"guard", "simulate", "--year", "2020", file});
  BOOST_REQUIRE_EQUAL(rows.size(), 2u);
  BOOST_TEST(rows[0].at("sender") == "auth:crm");
  BOOST_TEST(rows[0].at("tripped_at").get<std::string>().starts_with("2020-02-29T"));
  BOOST_TEST(rows[1].at("peak") == "3");
}

BOOST_AUTO_TEST_CASE(without_limits_peaks_are_told_so_that_limits_can_be_chosen) {
  const Planner planner("");
  const Finished done = planner.admin({"guard", "simulate", "-o", "csv"}, table(450));
  BOOST_TEST(done.exit_status == 0, done.err);
  BOOST_TEST(has(done.out, "auth:crm,recipients/1d,,450,"), done.out);
  BOOST_TEST(has(done.err, "peaks are measured"), done.err);
}

BOOST_AUTO_TEST_CASE(lines_that_make_no_sense_are_shown_with_their_numbers) {
  const Planner planner;
  std::string text = table(3);
  for (int i = 0; i < 10; ++i)
    text += "soon,crm,x@example.com,<m>\n";
  const Finished done = planner.admin({"guard", "simulate", "-"}, text);
  BOOST_TEST(done.exit_status == 65);
  BOOST_TEST(has(done.err, "standard input:5: no time that can be read"), done.err);
  BOOST_TEST(!has(done.err, "standard input:10:"), done.err);
  BOOST_TEST(has(done.err, "10 lines in all"), done.err);
  BOOST_TEST(has(done.out, "auth:crm"), done.out);
}

BOOST_AUTO_TEST_CASE(times_that_run_backwards_are_not_taken_for_a_quiet_day) {
  const Planner planner;
  const Finished done = planner.admin({"guard", "simulate", "-"},
                                      "time,auth,recipient\n"
                                      "2026-11-22T12:00:00Z,crm,a@example.com\n"
                                      "2026-11-22T10:00:00Z,crm,b@example.com\n");
  BOOST_TEST(done.exit_status == 65);
  BOOST_TEST(has(done.err, "1 recipients were left out"), done.err);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_told_is_said) {
  const Planner planner("guard: { limits: [ { same_message: 5 per 1h, then: hold } ] }\n");
  const Finished done = planner.admin({"guard", "simulate", "-"}, table(3));
  BOOST_TEST(has(done.err, "same_message/1h cannot be told from this: it needs the column subject"),
             done.err);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_told_apart_from_what_makes_no_sense) {
  const Planner planner;
  BOOST_TEST(planner.admin({"guard", "simulate", "/nonexistent/mail.log"}).exit_status == 66);
  for (const std::string text : {"", "hello\n", "a,b\n1,2\n", "time,auth,recipient\n"})
    BOOST_TEST(planner.admin({"guard", "simulate", "-"}, text).exit_status == 65, text);
  for (const std::string year : {"x", "1", "99999"})
    BOOST_TEST(planner.admin({"guard", "simulate", "--year", year, "-"}, table(1)).exit_status ==
               64);
}

BOOST_AUTO_TEST_SUITE_END()
