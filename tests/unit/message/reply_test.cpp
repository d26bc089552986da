// Replies as libmilter and both MTAs need them (SC-11).

#include "message/reply.h"

#include "message/replies.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_SUITE(replies_to_the_mta)

BOOST_AUTO_TEST_CASE(code_enhanced_code_and_kind_always_agree) {
  const Reply refused = Reply::permanent(50, {7, 1}, "no");
  BOOST_TEST(refused.code() == "550");
  BOOST_TEST(refused.enhanced() == "5.7.1");
  const Reply later = Reply::transient(51, {3, 0}, "later");
  BOOST_TEST(later.code() == "451");
  BOOST_TEST(later.enhanced() == "4.3.0");
  BOOST_TEST(!Reply::proceed().refuses());
  BOOST_TEST(Reply::proceed().code().empty());
}

BOOST_AUTO_TEST_CASE(AT_11_a_percent_sign_is_doubled_and_never_a_format) {
  BOOST_TEST(Reply::permanent(50, {7, 1}, "100% of %n").text_for_libmilter() == "100%% of %%n");
}

BOOST_AUTO_TEST_CASE(AT_11_no_line_break_control_or_eight_bit_character_gets_out) {
  BOOST_TEST(Reply::permanent(50, {7, 1}, "a\r\n250 ok\x7f\xc3\xb6").text_for_libmilter() ==
             "a??250 ok???");
}

BOOST_AUTO_TEST_CASE(SC_12_a_text_is_at_most_400_octets_and_no_percent_sign_is_cut_in_half) {
  BOOST_TEST(Reply::permanent(50, {7, 1}, std::string(1000, 'x')).text_for_libmilter().size() ==
             400u);
  const std::string cut =
      Reply::permanent(50, {7, 1}, std::string(399, 'x') + "%%%").text_for_libmilter();
  BOOST_TEST(cut == std::string(399, 'x'));
}

BOOST_AUTO_TEST_CASE(SC_12_a_long_name_of_a_sender_takes_nothing_off_what_is_behind_it) {
  const auto text_to = [](const std::string& sender) {
    return replies::over_limit(
               Verdict::over_limit(Action::reject,
                                   {.limit = "same_message-without-list-unsubscribe/59999m",
                                    .amount = "100% of at least 10000000 per 59999m",
                                    .sender = sender}))
        .text_for_libmilter();
  };
  const std::string behind =
      " has mailed too many: 100%% of at least 10000000 per 59999m "
      "(same_message-without-list-unsubscribe/59999m) [guard]";
  std::string foreign = "auth:";
  for (int i = 0; i < 200; ++i)
    foreign += "%c3";
  for (const std::string begin : {"", "x", "xx", "xxx"}) {
    const std::string text = text_to(begin + foreign);
    BOOST_TEST(text.starts_with(begin + "auth:%%c3%%c3"), text);
    BOOST_TEST(text.ends_with("%%c3..." + behind), text);
  }
  BOOST_TEST(text_to(std::string(1'000, 'a')).ends_with("aaa..." + behind));
  BOOST_TEST(text_to("auth:a%20b") == "auth:a%%20b" + behind);
}

BOOST_AUTO_TEST_CASE(SC_01_an_opted_out_recipient_is_refused_with_550_5_7_1_and_the_kind_of_set) {
  const Stream stream;
  const Stream* const alone[] = {&stream};
  const auto reply = [&](std::string_view set) {
    return replies::refusal(
               alone,
               Verdict::reject({.set = SetName(std::string(set)), .member = "x", .evidence = {}}))
        .to_string();
  };
  BOOST_TEST(reply("global") == "550 5.7.1 recipient has opted out of this mail [optout]");
  BOOST_TEST(reply("bounce") == "550 5.7.1 recipient has opted out of this mail [bounce]");
  BOOST_TEST(reply("complaint") == "550 5.7.1 recipient has opted out of this mail [complaint]");
  BOOST_TEST(reply("block") == "550 5.7.1 recipient has opted out of this mail [block]");
  // SC-18: which list, tenant or CRM is nobody's business.
  BOOST_TEST(reply("list:secret.example.com") ==
             "550 5.7.1 recipient has opted out of this mail [optout]");
  BOOST_TEST(reply("key:crm:gone") == "550 5.7.1 recipient has opted out of this mail [optout]");
}

BOOST_AUTO_TEST_CASE(SC_02_SC_03_what_cannot_be_told_is_451_4_3_0) {
  BOOST_TEST(replies::cannot_tell().code() == "451");
  BOOST_TEST(replies::cannot_tell().enhanced() == "4.3.0");
  BOOST_TEST(replies::internal_error().enhanced() == "4.3.0");
}

BOOST_AUTO_TEST_CASE(SC_05_SC_19_the_other_codes) {
  BOOST_TEST(replies::invalid_address().to_string().starts_with("553 5.1.3 "));
  BOOST_TEST(replies::too_many_recipients().to_string().starts_with("452 4.5.3 "));
  BOOST_TEST(replies::shutting_down().to_string().starts_with("421 4.3.2 "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
