#include "traffic/traffic_files.h"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace optout {
namespace {

struct Files {
  std::string add(const std::string& name, const std::string& text) {
    return files.add(name, std::make_unique<std::istringstream>(text)).value_or("");
  }
  std::string recipients() {
    std::string all;
    while (const auto delivery = files.next())
      all += delivery->recipient + " ";
    return all;
  }

  TrafficFiles files{parse_mail_time("2026-11-22T10:00:00Z").value(), std::nullopt};
};

std::string mail_at(const std::string& hour, const std::string& id, const std::string& recipient,
                    const std::string& host = "mx1") {
  const std::string begin = "2026-11-22T" + hour + ":00:00Z " + host + " postfix/";
  return begin + "smtpd[1]: " + id + ": client=web[192.0.2.7]\n" + begin + "qmgr[1]: " + id +
         ": from=<a@b.example>, size=1, nrcpt=1 (queue active)\n" + begin + "smtp[1]: " + id +
         ": to=<" + recipient + ">, status=sent (ok)\n";
}

const std::string kColumns = "time,auth,recipient\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(traffic_files)

BOOST_AUTO_TEST_CASE(the_first_line_tells_a_log_from_a_table) {
  Files log;
  BOOST_TEST(log.add("mail.log", mail_at("09", "4Xy1a", "ann@x.example")) == "");
  BOOST_TEST(log.recipients() == "ann@x.example ");
  Files table;
  BOOST_TEST(table.add("t.csv", kColumns + "0,crm,bob@x.example\n") == "");
  BOOST_TEST(table.recipients() == "bob@x.example ");
}

BOOST_AUTO_TEST_CASE(files_are_read_by_time_whatever_their_order) {
  Files files;
  files.add("mail.log", mail_at("09", "4Xy1c", "c@x.example"));
  files.add("mail.log.1", mail_at("07", "4Xy1a", "a@x.example"));
  files.add("t.csv", kColumns + "2026-11-22T08:00:00Z,crm,b@x.example\n");
  BOOST_TEST(files.recipients() == "a@x.example b@x.example c@x.example ");
}

BOOST_AUTO_TEST_CASE(logs_of_relays_of_the_same_days_are_merged_line_by_line) {
  Files files;
  files.add("mx2.log", mail_at("07", "4Xy1b", "b@x.example", "mx2") +
                           mail_at("09", "4Xy1d", "d@x.example", "mx2"));
  files.add("t.csv", kColumns +
                         "2026-11-22T06:30:00Z,crm,first@x.example\n"
                         "2026-11-22T09:30:00Z,crm,last@x.example\n");
  files.add("mx1.log",
            mail_at("06", "4Xy1a", "a@x.example") + mail_at("08", "4Xy1c", "c@x.example"));
  BOOST_TEST(files.recipients() ==
             "a@x.example first@x.example b@x.example c@x.example d@x.example last@x.example ");
}

// Short queue IDs are made of the time and of a number in the file system.
BOOST_AUTO_TEST_CASE(relays_may_give_the_same_queue_id_at_the_same_time) {
  Files files;
  files.add("mx1.log", mail_at("09", "4Xy1a", "a@x.example"));
  std::string other = mail_at("09", "4Xy1a", "b@x.example", "mx2");
  other.replace(other.find("192.0.2.7"), 9, "192.0.2.9");
  files.add("mx2.log", other);
  std::string clients;
  while (const auto delivery = files.files.next())
    clients += delivery->recipient + " " + delivery->origin.client + " ";
  BOOST_TEST(clients == "a@x.example 192.0.2.7 b@x.example 192.0.2.9 ");
}

BOOST_AUTO_TEST_CASE(a_message_may_begin_in_one_log_and_go_on_in_the_next) {
  const std::string whole = mail_at("09", "4Xy1a", "ann@x.example");
  const std::size_t cut = whole.rfind('\n', whole.size() - 2) + 1;
  Files files;
  files.add("mail.log", "2026-11-22T09:30:00Z" + whole.substr(cut + 20));
  files.add("mail.log.1", whole.substr(0, cut));
  BOOST_TEST(files.recipients() == "ann@x.example ");
}

BOOST_AUTO_TEST_CASE(lines_that_make_no_sense_are_counted_and_the_first_are_kept) {
  Files files;
  std::string text = kColumns + "0,crm,a@x.example\nsoon,crm,b@x.example\n1,crm\n";
  for (int i = 0; i < 20; ++i)
    text += "\"\n";
  files.add("t.csv", text + "2,crm,c@x.example\n");
  BOOST_TEST(files.recipients().starts_with("a@x.example "));
  BOOST_TEST(files.files.unread() > TrafficFiles::kMostShown);
  BOOST_REQUIRE_EQUAL(files.files.first_unread().size(), TrafficFiles::kMostShown);
  BOOST_TEST(files.files.first_unread()[0].file == "t.csv");
  BOOST_TEST(files.files.first_unread()[0].line == 3u);
  BOOST_TEST(files.files.first_unread()[1].line == 4u);
  Files log;
  log.add("mail.log", mail_at("09", "4Xy1a", "a@x.example") + "torn li\n\n-- Boot 1 --\n");
  BOOST_TEST(log.recipients() == "a@x.example ");
  BOOST_TEST(log.files.unread() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_neither_is_said_to_be_so) {
  Files files;
  BOOST_TEST(files.add("a", "") == "it is empty");
  BOOST_TEST(files.add("b", "hello\n").find("neither") != std::string::npos);
  BOOST_TEST(files.add("c", "\x1f\x8b\x08junk").find("zcat") != std::string::npos);
  BOOST_TEST(files.add("d", "when,who\n").find("call it time") != std::string::npos);
  BOOST_TEST(!files.files.next());
}

BOOST_AUTO_TEST_CASE(only_what_all_files_tell_is_told) {
  Files files;
  files.add("t.csv", "time,auth,recipient,subject,message_id\n");
  BOOST_TEST(files.files.told().subjects);
  files.add("mail.log", mail_at("09", "4Xy1a", "a@x.example"));
  BOOST_TEST(!files.files.told().subjects);
  BOOST_TEST(files.files.told().messages);
}

// Whatever a file holds, reading it ends.
BOOST_AUTO_TEST_CASE(junk_is_survived) {
  unsigned seed = 7;
  for (int round = 0; round < 300; ++round) {
    std::string text = round % 2 == 0 ? kColumns : mail_at("09", "4Xy1a", "a@x.example");
    for (int i = 0; i < 400; ++i) {
      seed = seed * 1103515245U + 12345U;
      constexpr std::string_view kOctets = "\",\n\r=<>:[]() a0T-Zx\x80\x01";
      text += kOctets[(seed >> 16) % kOctets.size()];
    }
    Files files;
    files.add("junk", text);
    files.recipients();
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
