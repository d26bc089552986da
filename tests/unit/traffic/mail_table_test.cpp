#include "traffic/mail_table.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using Fields = std::vector<std::string>;

std::string wrong_with(const Fields& columns) {
  auto table = MailTable::with_columns(columns);
  const auto* const wrong = std::get_if<std::string>(&table);
  return wrong == nullptr ? "nothing" : *wrong;
}

MailTable table(const Fields& columns) {
  return std::get<MailTable>(MailTable::with_columns(columns));
}

const Fields kAll{"time",    "auth",    "client",     "sender",    "recipient",
                  "list_id", "subject", "message_id", "opted_out", "list_unsubscribe"};

Delivery read(const Fields& fields) {
  return std::get<Delivery>(table(kAll).read(fields));
}

Fields with(std::size_t at, const std::string& text) {
  Fields fields{"2026-11-22T09:50:00Z",
                "crm",
                "192.0.2.7",
                "a@b.example",
                "c@d.example",
                "l.example",
                "Hello",
                "<m@x>",
                "no",
                "yes"};
  fields[at] = text;
  return fields;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_table)

BOOST_AUTO_TEST_CASE(every_known_column_is_read_whatever_the_order_and_the_case) {
  const Delivery delivery = read(with(1, " crm "));
  BOOST_TEST((delivery.origin == Origin{"crm", "192.0.2.7", "a@b.example", "l.example"}));
  BOOST_TEST(delivery.recipient == "c@d.example");
  BOOST_TEST(delivery.message == "<m@x>");
  BOOST_TEST(!delivery.opted_out);
  BOOST_TEST(delivery.has_list_unsubscribe);
  BOOST_TEST(delivery.print.has_value());
  const auto other = table({"X", " Recipient", "SENDER ", "Time"}).read({"1", "r@x", "s@x", "0"});
  BOOST_TEST(std::get<Delivery>(other).recipient == "r@x");
  BOOST_TEST(std::get<Delivery>(other).origin.sender == "s@x");
}

BOOST_AUTO_TEST_CASE(messages_are_the_same_where_subject_and_list_are) {
  BOOST_TEST((read(with(6, "Hello")).print == read(with(4, "other@d.example")).print));
  BOOST_TEST((read(with(6, "Hello")).print != read(with(6, "Hullo")).print));
  BOOST_TEST((read(with(5, "")).print != read(with(6, "Hello")).print));
}

BOOST_AUTO_TEST_CASE(what_is_needed_and_missing_is_named) {
  BOOST_TEST(wrong_with({"auth", "recipient"}).find("call it time") != std::string::npos);
  BOOST_TEST(wrong_with({"time", "auth"}).find("call it recipient") != std::string::npos);
  BOOST_TEST(wrong_with({"time", "recipient"}).find("auth, client or sender") != std::string::npos);
  BOOST_TEST(wrong_with({"time", "recipient", "auth", "Auth"}) == "two columns are called auth");
  for (const char* who : {"auth", "client", "sender"})
    BOOST_TEST(wrong_with({"time", "recipient", who}) == "nothing");
}

BOOST_AUTO_TEST_CASE(a_record_that_makes_no_sense_says_why) {
  const auto why = [](const Fields& fields) {
    const auto found = table(kAll).read(fields);
    const auto* const text = std::get_if<std::string_view>(&found);
    return text == nullptr ? std::string("nothing") : std::string(*text);
  };
  BOOST_TEST(why({"2026-11-22T09:50:00Z"}) == "not as many fields as there are columns");
  BOOST_TEST(why(with(0, "yesterday")) == "no time that can be read");
  BOOST_TEST(why(with(4, " ")) == "no recipient");
  BOOST_TEST(why(with(8, "maybe")) == "opted_out is neither yes nor no");
  BOOST_TEST(why(with(9, "<mailto:x>")) == "list_unsubscribe is neither yes nor no");
  BOOST_TEST(why(with(8, "TRUE")) == "nothing");
}

BOOST_AUTO_TEST_CASE(what_the_columns_cannot_tell_is_known) {
  const Told all = table(kAll).told();
  BOOST_TEST((all.messages && all.subjects && all.list_unsubscribe && all.opted_out));
  const Told few = table({"time", "recipient", "auth"}).told();
  BOOST_TEST(!(few.messages || few.subjects || few.list_unsubscribe || few.opted_out));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
