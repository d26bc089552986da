// Unsubscribe addresses in dialogs are what they say, and OFFERED finds fault.

#include "dialogs/unsubscribing.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace optout::test {
namespace {

std::string asking(std::string_view words) {
  return with_unsubscribe_addresses(fmt::format("<ASK ann@example.com {}>", words), "");
}

// A header that offers both, as the milter writes it.
std::string header(std::string_view link_words, std::string_view mail_words) {
  const std::string link = asking(link_words);
  const std::string mail = asking(mail_words);
  return fmt::format(
      "Subject: News\r\nList-Unsubscribe: <https://optout.example/u/{}>,\r\n\t<mailto:{}>\r\n",
      link.substr(3, link.find('@') - 3), mail.substr(1, mail.size() - 2));
}

std::string offered(const std::string& header) {
  return offered_address(header, "ann@example.com list:news.example.com link mail");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsubscribing)

BOOST_AUTO_TEST_CASE(addresses_take_the_place_of_their_words_and_nothing_else_changes) {
  const std::string one = asking("list:news.example.com");
  BOOST_TEST(one.starts_with("<u+"));
  BOOST_TEST(one.ends_with("@optout.example>"));
  BOOST_TEST(with_unsubscribe_addresses("<ASK ann@example.com list:news.example.com> NOTIFY=NEVER",
                                        "") == one + " NOTIFY=NEVER");
  BOOST_TEST(with_unsubscribe_addresses("<ann@example.com>  250", "") == "<ann@example.com>  250");
  BOOST_TEST(with_unsubscribe_addresses("<ANSWER in-capitals>", "u+a7@optout.example") ==
             "<U+A7@OPTOUT.EXAMPLE>");
}

BOOST_AUTO_TEST_CASE(every_word_makes_another_address) {
  const std::string one = asking("global");
  for (const char* words : {"list:news.example.com", "acme/global", "global key-1", "global forged",
                            "global 1-days-ago", "global for-a-link", "global for-a-bounce",
                            "global in-capitals", "global cut"}) {
    BOOST_TEST(asking(words) != one, words);
  }
}

BOOST_AUTO_TEST_CASE(mistakes_are_found) {
  BOOST_CHECK_THROW(asking("global forgd"), std::runtime_error);
  BOOST_CHECK_THROW(asking(""), std::runtime_error);
  BOOST_CHECK_THROW(with_unsubscribe_addresses("<ANSWER>", ""), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(what_is_offered_must_be_all_that_was_expected) {
  const std::string link = "list:news.example.com for-a-link";
  const std::string mail = "list:news.example.com";
  BOOST_TEST(fmt::format("<{}>", offered(header(link, mail))) == asking(mail));
  BOOST_TEST(!offered(header(link + " 1-days-ago", mail)).empty());  // midnight may have passed
  for (const std::string& wrong :
       {header(mail, mail), header(link, link), header(link + " key-1", mail),
        header("global for-a-link", mail), header(link, "global"),
        header(link, mail + " 2-days-ago"), header(link, mail) + header(link, mail),
        header(link, mail) + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        std::string("Subject: News\r\n")}) {
    BOOST_CHECK_THROW(offered(wrong), std::runtime_error);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
