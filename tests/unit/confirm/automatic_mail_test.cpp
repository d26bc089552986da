// Which mail a machine wrote, sign by sign: nobody may answer it.

#include "confirm/automatic_mail.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace optout {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

bool is_automatic(const Fields& fields, const std::string& sender = "<bob@example.net>",
                  const std::string& author = "bob@example.net") {
  AutomaticMail mail;
  mail.from(sender);
  for (const auto& [name, value] : fields)
    mail.header(name, value);
  mail.from(author);
  return mail.is_automatic();
}

const Fields kByHand{{"From", "Bob <bob@example.net>"},
                     {"To", "u+token@optout.example"},
                     {"Subject", "Auto-Submitted: auto-replied"},
                     {"Content-Type", "multipart/alternative; boundary=x"},
                     {"Precedence", "first-class"},
                     {"X-Mailer", "Outlook"},
                     {"Listen", "to me"}};

}  // namespace

BOOST_AUTO_TEST_SUITE(automatic_mail)

BOOST_AUTO_TEST_CASE(what_people_write_is_theirs) {
  BOOST_TEST(!is_automatic({}));
  BOOST_TEST(!is_automatic(kByHand));
}

BOOST_AUTO_TEST_CASE(AR_01_AR_06_auto_submitted_in_every_spelling) {
  for (const char* automatic :
       {"auto-replied", "auto-generated", "auto-notified", "auto-replied; x=1", "x-thing",
        "auto-generated (failure)", "auto-generated (postmaster-notification)", "AUTO-REPLIED",
        "(why) auto-replied (vacation); x-owner=\"a;b\"", "(no) auto-replied", "(no", "", " ",
        "nobody", "\n\tauto-replied"}) {
    BOOST_TEST(is_automatic({{"Auto-Submitted", automatic}}), automatic);
    BOOST_TEST(is_automatic({{"auto-submitted", automatic}}), automatic);
  }
  for (const char* by_hand : {"no", "NO", "No (really)", "no; x=1", "(auto-replied) no", " \n\tno"})
    BOOST_TEST(!is_automatic({{"Auto-Submitted", by_hand}}), by_hand);
}

BOOST_AUTO_TEST_CASE(AR_06_AT_19_who_says_it_twice_is_a_machine_either_way) {
  BOOST_TEST(is_automatic({{"Auto-Submitted", "no"}, {"Auto-Submitted", "no"}}));
  BOOST_TEST(is_automatic({{"Auto-Submitted", "no"}, {"Auto-Submitted", "auto-replied"}}));
  BOOST_TEST(is_automatic({{"From", "a@example.net"}, {"From", "b@example.net"}}));
}

BOOST_AUTO_TEST_CASE(AR_02_the_null_sender) {
  for (const char* null : {"<>", ""}) {
    BOOST_TEST(is_automatic(kByHand, null));
    BOOST_TEST(is_automatic(kByHand, "<bob@example.net>", null));
  }
  BOOST_TEST(is_automatic({{"Return-Path", " <>"}}));
  BOOST_TEST(!is_automatic({{"Return-Path", "<bob@example.net>"}}));
}

BOOST_AUTO_TEST_CASE(AR_07_other_signs_of_a_machine) {
  const Fields signs{
      {"Precedence", "bulk"},
      {"Precedence", "list"},
      {"precedence", "Junk"},
      {"Precedence", " auto_reply"},
      {"X-Autoreply", "yes"},
      {"X-Autorespond", ""},
      {"X-Auto-Response-Suppress", "OOF, AutoReply"},
      {"X-Auto-Response-Suppress", "All"},
      {"X-Failure-Recipients", "ann@example.com"},
      {"List-Id", "<news.example.com>"},
      {"List-Unsubscribe", "<mailto:u@example.com>"},
      {"LIST-POST", "NO"},
      {"Content-Type", "multipart/report; report-type=delivery-status"},
      {"Content-Type", "Multipart (a) /\n\t(b) Report"},
      {"Content-Type", " Multipart/Report\n\t; report-type=disposition-notification"}};
  for (const auto& sign : signs)
    BOOST_TEST(is_automatic({sign}), sign.first << ": " << sign.second);
}

BOOST_AUTO_TEST_CASE(AR_07_addresses_that_only_programs_write_from) {
  for (const char* machine :
       {"MAILER-DAEMON@example.net", "mailer-daemon", "postmaster@example.net", "Postmaster",
        "owner-news@example.net", "news-request@example.net", "News-REQUEST@Example.NET"}) {
    BOOST_TEST(is_automatic(kByHand, "<" + std::string(machine) + ">"), machine);
    BOOST_TEST(is_automatic(kByHand, "<bob@example.net>", machine), machine);
  }
  for (const char* person : {"owner@example.net", "request@example.net", "bob@owner-news.example",
                             "bob@news-request", "my.postmaster@example.net"})
    BOOST_TEST(!is_automatic(kByHand, "<" + std::string(person) + ">", person), person);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
