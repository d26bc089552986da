#include "traffic/mail_order.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

using namespace std::chrono_literals;

Delivery delivery(std::chrono::seconds at, const std::string& recipient,
                  const std::string& message = {}) {
  return {.at = MailTime(at + 1000h),
          .seen = MailTime(at + 1000h),
          .message = message,
          .origin = {.auth = "crm"},
          .recipient = recipient};
}

// Seconds and people of each message: "0:2 5:1 ".
std::string all(MailOrder& order) {
  std::string text;
  while (const auto mail = order.next(true)) {
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(mail->at.time_since_epoch());
    text += std::to_string((at - 1000h).count()) + ":" + std::to_string(mail->people.size()) + " ";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mail_order)

BOOST_AUTO_TEST_CASE(mail_comes_out_by_time) {
  MailOrder order;
  for (const int at : {5, 3, 9, 0})
    BOOST_TEST(order.add(delivery(std::chrono::seconds(at), "a@x.example")));
  BOOST_TEST(!order.next(false));  // more may come
  BOOST_TEST(all(order) == "0:1 3:1 5:1 9:1 ");
}

BOOST_AUTO_TEST_CASE(lines_of_one_message_are_put_together_and_each_person_once) {
  MailOrder order;
  order.add(delivery(0s, "a@x.example", "m1"));
  order.add(delivery(1s, "b@x.example", "m2"));
  order.add(delivery(2s, "c@x.example", "m1"));
  order.add(delivery(3s, "C@X.example", "m1"));
  Delivery other = delivery(4s, "d@x.example", "m1");
  other.origin.auth = "hr";
  order.add(other);
  BOOST_TEST(all(order) == "0:2 1:1 4:1 ");
}

BOOST_AUTO_TEST_CASE(mail_without_a_name_is_mail_of_its_own) {
  MailOrder order;
  order.add(delivery(0s, "a@x.example"));
  order.add(delivery(0s, "b@x.example"));
  BOOST_TEST(all(order) == "0:1 0:1 ");
}

BOOST_AUTO_TEST_CASE(only_the_last_hour_is_held_back) {
  MailOrder order;
  order.add(delivery(0s, "a@x.example", "m1"));
  order.add(delivery(3601s, "b@x.example", "m2"));
  const auto first = order.next(false);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->people.size() == 1u);
  BOOST_TEST(!order.next(false));
  BOOST_TEST(!order.add(delivery(0s, "c@x.example", "m3")));
  BOOST_TEST(order.add(delivery(1s, "c@x.example", "m3")));
}

BOOST_AUTO_TEST_CASE(a_recipient_who_is_tried_hours_later_counts_then) {
  MailOrder order;
  order.add(delivery(0s, "a@x.example", "m1"));
  order.add(delivery(9000s, "b@x.example", "m2"));
  BOOST_TEST(order.next(false).has_value());
  Delivery late = delivery(0s, "c@x.example", "m1");
  late.seen = MailTime(9001s + 1000h);
  BOOST_TEST(order.add(late));
  BOOST_TEST(all(order) == "9000:1 9001:1 ");
}

BOOST_AUTO_TEST_CASE(who_has_opted_out_is_kept_apart) {
  MailOrder order;
  Delivery gone = delivery(0s, "a@x.example", "m1");
  gone.opted_out = true;
  order.add(gone);
  order.add(delivery(0s, "b@x.example", "m1"));
  const auto mail = order.next(true);
  BOOST_REQUIRE(mail);
  BOOST_TEST(mail->people.size() == 1u);
  BOOST_TEST(mail->opted_out.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
