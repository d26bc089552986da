// What becomes of the sender's fields, and of ours.

#include "unsubscribe/field_edits.h"

#include "header_of_an_mta.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace optout::test {
namespace {

const std::string kLink = "https://optout.example.com/u/me5q0d";
const std::string kMailto = "mailto:u+me5q0d@optout.example.com";
const std::string kOurs = "<" + kLink + ">,\n\t<" + kMailto + ">";
const std::string kPost(kPostValue);
const std::string kTheirs = "<https://sender.example/off>, <mailto:off@sender.example>";

OwnFields own(bool wrote_link = false) {
  return {.link = kLink, .mailto = kMailto, .wrote_link = wrote_link, .signed_link = true};
}

Field list(std::string value) {
  return {"List-Unsubscribe", std::move(value)};
}
Field post(std::string value) {
  return {"List-Unsubscribe-Post", std::move(value)};
}

// Outcome and fields afterwards, without those that nobody touches: "added: a / Post: b".
std::string after(std::vector<Field> fields, bool replace = false, const OwnFields& ours = own()) {
  HeaderOfAnMta header(std::move(fields));
  const FieldPlan plan = header.seen_by_filter().plan(replace, ours);
  header.apply(plan.edits);
  std::string text(to_string(plan.outcome));
  text += ":";
  for (const std::string& value : header.values(kListUnsubscribeName))
    text += " " + value;
  for (const std::string& value : header.values(kPostName))
    text += " / Post: " + value;
  return text;
}

std::size_t edits(std::vector<Field> fields, bool replace = false) {
  return HeaderOfAnMta(std::move(fields)).seen_by_filter().plan(replace, own()).edits.size();
}

constexpr bool kReplace = true;

}  // namespace

BOOST_AUTO_TEST_SUITE(field_edits)

BOOST_AUTO_TEST_CASE(a_message_without_the_fields_gets_ours) {
  BOOST_TEST(after({}) == "added: " + kOurs + " / Post: " + kPost);
  BOOST_TEST(after({{"Subject", "List-Unsubscribe"}}) == "added: " + kOurs + " / Post: " + kPost);
}

BOOST_AUTO_TEST_CASE(OC_05_without_a_signer_there_is_no_promise_of_one_click) {
  OwnFields unsigned_link = own();
  unsigned_link.signed_link = false;
  BOOST_TEST(after({}, false, unsigned_link) == "added: " + kOurs);
  BOOST_TEST(after({list("<" + kLink + ">")}, false, unsigned_link) == "kept: <" + kLink + ">");
}

BOOST_AUTO_TEST_CASE(OC_01_without_a_link_there_is_no_promise_of_one_click) {
  OwnFields by_mail = own();
  by_mail.link.clear();
  BOOST_TEST(after({}, false, by_mail) == "added: <" + kMailto + ">");
  BOOST_TEST(after({post(kPost)}, false, by_mail) == "added: <" + kMailto + ">");
}

BOOST_AUTO_TEST_CASE(LH_14_a_field_of_the_sender_stays_or_goes_as_the_stream_says) {
  BOOST_TEST(after({list(kTheirs)}) == "kept: " + kTheirs);
  BOOST_TEST(after({list(kTheirs), post(kPost)}) == "kept: " + kTheirs + " / Post: " + kPost);
  BOOST_TEST(after({list(kTheirs)}, kReplace) == "replaced: " + kOurs + " / Post: " + kPost);
  BOOST_TEST(after({post("junk"), list(kTheirs)}, kReplace) ==
             "replaced: " + kOurs + " / Post: " + kPost);
}

BOOST_AUTO_TEST_CASE(nothing_is_touched_where_nothing_needs_to_change) {
  BOOST_TEST(edits({list(kTheirs)}) == 0u);
  BOOST_TEST(edits({post(kPost), list(kTheirs)}) == 0u);
  BOOST_TEST(edits({list(kOurs), post(kPost)}) == 0u);
  BOOST_TEST(edits({list(kOurs), post(kPost)}, kReplace) == 0u);  // it came through us before
}

BOOST_AUTO_TEST_CASE(LH_15_what_offers_no_way_out_is_replaced) {
  for (const char* useless : {"NO", "", "mailto:a@b", "<>", "<javascript:alert(1)>", "<a@b>"}) {
    BOOST_TEST(after({list(useless)}) == "replaced: " + kOurs + " / Post: " + kPost, useless);
    BOOST_TEST(after({list(useless), list(kTheirs)}) == "kept: " + kTheirs, useless);
  }
  BOOST_TEST(after({list("<http://sender.example/>")}) == "kept: <http://sender.example/>");
}

BOOST_AUTO_TEST_CASE(LH_01_of_several_fields_the_first_of_use_stays) {
  const Field odd{"list-UNSUBSCRIBE", "<mailto:first@sender.example>"};
  BOOST_TEST(after({odd, list(kTheirs), list("NO")}) == "kept: <mailto:first@sender.example>");
  BOOST_TEST(after({odd, list(kTheirs), post("x")}) == "kept: <mailto:first@sender.example>");
}

BOOST_AUTO_TEST_CASE(OC_01_where_one_click_is_promised_the_first_field_with_a_link_stays) {
  const Field mail = list("<mailto:first@sender.example>");
  const Field two_links = list("<https://sender.example/off>, <https://sender.example/>");
  BOOST_TEST(after({mail, post("x"), two_links, list(kTheirs), post(kPost), list(kOurs)}) ==
             "kept: " + kTheirs + " / Post: " + kPost);
  BOOST_TEST(after({list(kTheirs), mail, post(kPost)}) == "kept: " + kTheirs + " / Post: " + kPost);
  BOOST_TEST(after({mail, list(kOurs), post(kPost), post(kPost)}, kReplace) ==
             "kept: " + kOurs + " / Post: " + kPost);
}

BOOST_AUTO_TEST_CASE(OC_01_a_promise_of_one_click_without_a_link_goes_where_anything_does) {
  const Field mail = list("<mailto:first@sender.example>");
  const Field two_links = list("<https://sender.example/off>, <https://sender.example/>");
  BOOST_TEST(after({mail, two_links, post(kPost)}) == "kept: <mailto:first@sender.example>");
  BOOST_TEST(after({mail, post("x"), post(kPost)}) == "kept: <mailto:first@sender.example>");
  BOOST_TEST(edits({mail, post(kPost)}) == 0u);  // the sender's own affair
}

BOOST_AUTO_TEST_CASE(LH_02_fields_go_one_by_one_from_the_last_to_the_first) {
  const auto plan = HeaderOfAnMta({list(kTheirs), post("x"), list("NO"), post("y")})
                        .seen_by_filter()
                        .plan(kReplace, own());
  const std::vector<FieldEdit> expected{
      {.name = "List-Unsubscribe-Post", .remove = 2, .value = {}},
      {.name = "List-Unsubscribe-Post", .remove = 1, .value = {}},
      {.name = "List-Unsubscribe", .remove = 2, .value = {}},
      {.name = "List-Unsubscribe", .remove = 1, .value = {}},
      {.name = "List-Unsubscribe", .remove = 0, .value = kOurs},
      {.name = "List-Unsubscribe-Post", .remove = 0, .value = kPost},
  };
  BOOST_TEST((plan.edits == expected));
}

BOOST_AUTO_TEST_CASE(ML_10_only_our_own_link_for_this_recipient_is_completed) {
  const std::string linked = "<" + kLink + ">";
  BOOST_TEST(after({list(linked)}, false, own(true)) ==
             "completed: " + linked + " / Post: " + kPost);
  BOOST_TEST(after({list(linked), post("junk")}, false, own(true)) ==
             "completed: " + linked + " / Post: " + kPost);
  BOOST_TEST(after({list(linked)}) == "kept: " + linked);
  OwnFields unsigned_link = own(true);
  unsigned_link.signed_link = false;
  BOOST_TEST(after({list(linked)}, false, unsigned_link) == "kept: " + linked);
}

BOOST_AUTO_TEST_CASE(OC_01_the_link_is_the_one_https_uri_of_the_field_that_stays) {
  const auto link = [](std::vector<Field> fields) {
    return std::string(HeaderOfAnMta(std::move(fields)).seen_by_filter().link());
  };
  const Field mail = list("<mailto:first@sender.example>");
  BOOST_TEST(link({list(kOurs)}) == kLink);
  BOOST_TEST(link({list("NO"), list(kTheirs), list(kOurs)}) == "https://sender.example/off");
  BOOST_TEST(link({mail, list(kOurs)}).empty());
  BOOST_TEST(link({mail, list(kOurs), post(kPost)}) == kLink);
  BOOST_TEST(link({list("<" + kLink + ">,<https://sender.example/>")}).empty());
  BOOST_TEST(link({list("<http://optout.example.com/u/me5q0d>")}).empty());
  BOOST_TEST(link({}).empty());
}

BOOST_AUTO_TEST_CASE(a_promise_of_one_click_without_a_uri_goes) {
  BOOST_TEST(after({post(kPost)}, false, {}) == "kept:");
  BOOST_TEST(after({post(kPost), list("NO")}) == "replaced: " + kOurs + " / Post: " + kPost);
}

BOOST_AUTO_TEST_CASE(where_we_have_nothing_to_offer_the_sender_keeps_one_field) {
  BOOST_TEST(after({list(kTheirs), list("NO")}, kReplace, {}) == "kept: " + kTheirs);
  BOOST_TEST(after({list("NO"), list("")}, kReplace, {}) == "kept: NO");
  BOOST_TEST(after({}, kReplace, {}) == "kept:");
}

BOOST_AUTO_TEST_CASE(AT_10_what_must_not_be_written_is_not_written) {
  OwnFields forged = own();
  forged.link += "\nBcc: everybody@example.com";
  BOOST_TEST(after({}, false, forged) == "added: <" + kMailto + ">");
}

BOOST_AUTO_TEST_CASE(AT_15_of_a_hundred_fields_one_is_left_and_a_flood_is_left_alone) {
  std::vector<Field> many(99, list("NO"));
  many.insert(many.end(), 100, post("junk"));
  many.push_back(list(kTheirs));
  BOOST_TEST(after(many) == "kept: " + kTheirs + " / Post: junk");
  many.push_back(list("NO"));  // each one taken off costs the MTA a message
  BOOST_TEST(HeaderOfAnMta(many).seen_by_filter().plan(true, own()).edits.empty());
  const std::string endless = "<" + kLink + std::string(1'000'000, 'a') + ">";
  BOOST_TEST(after({list(endless)}) == "kept: " + endless);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
