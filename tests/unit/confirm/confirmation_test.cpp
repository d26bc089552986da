// What a confirmation says, to the octet, and what nobody can make it say.

#include "confirm/confirmation.h"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace optout {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds kNow =
    std::chrono::sys_days{std::chrono::November / 5 / 2026} + 7h + 8min + 9s;

const Confirmation kOrdinary{.address = "bob@example.com",
                             .set = SetName::list("news.example.com"),
                             .request_id = " <1.a-b@mail.example.net>"};

std::string message(const Confirmation& confirmation,
                    std::string_view domain = "optout.example.com") {
  return to_message(confirmation, domain, kNow, "0123abcd");
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find("\r\n", start);
    found.push_back(text.substr(start, end - start));
    start = end == std::string::npos ? end : end + 2;
  }
  return found;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string with_id(std::string_view id) {
  Confirmation confirmation = kOrdinary;
  confirmation.request_id = id;
  return message(confirmation);
}

std::string about(const SetName& set) {
  return message({.address = "bob@example.com", .set = set});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(confirmation)

BOOST_AUTO_TEST_CASE(AR_09_the_whole_of_it) {
  BOOST_TEST(message(kOrdinary) ==
             "Date: Thu, 05 Nov 2026 07:08:09 +0000\r\n"
             "From: <postmaster@optout.example.com>\r\n"
             "To: <bob@example.com>\r\n"
             "Subject: You have unsubscribed from news.example.com\r\n"
             "Message-ID: <0123abcd@optout.example.com>\r\n"
             "In-Reply-To: <1.a-b@mail.example.net>\r\n"
             "References: <1.a-b@mail.example.net>\r\n"
             "Auto-Submitted: auto-replied\r\n"
             "MIME-Version: 1.0\r\n"
             "Content-Type: text/plain; charset=us-ascii\r\n"
             "Content-Transfer-Encoding: 7bit\r\n"
             "\r\n"
             "As you asked, this address has been unsubscribed from\r\n"
             "\r\n"
             "    news.example.com\r\n"
             "\r\n"
             "There is nothing more to do. Mail that was on its way already may still\r\n"
             "arrive.\r\n"
             "\r\n"
             "If you did not ask for this, or want such mail again, answer this one:\r\n"
             "a person will read it.\r\n");
}

BOOST_AUTO_TEST_CASE(it_names_the_list_the_stream_or_all_mail) {
  BOOST_TEST(has(about(SetName::stream("offers", "acme")), "unsubscribed from offers\r\n"));
  BOOST_TEST(has(about(SetName::global()), "unsubscribed from all mail\r\n"));
  BOOST_TEST(has(about(SetName("global", "acme")), "unsubscribed from all mail\r\n"));
}

BOOST_AUTO_TEST_CASE(lines_are_short_and_plain_whatever_the_list_is_called) {
  const std::string umlauts =
      about(SetName::list("b\xc3\xbc"
                          "cher\r\nBcc: eve@example.org"));
  BOOST_TEST(has(umlauts, "\r\n    b??cher??Bcc: eve@example.org\r\n"));
  for (const std::string& text : {umlauts, about(SetName::list(std::string(255, 'a'))),
                                  message(kOrdinary, std::string(189, 'd'))}) {
    for (const std::string& line : lines(text)) {
      const bool cannot_be_folded = line.starts_with(" <");
      BOOST_TEST((line.size() <= 78 || cannot_be_folded), line);
      BOOST_TEST((line.find_first_of("\r\n") == std::string::npos), line);
      BOOST_TEST(line.size() <= 998);
    }
  }
}

BOOST_AUTO_TEST_CASE(AT_10_a_message_id_that_is_none_is_left_out) {
  BOOST_TEST(has(with_id("<a@[192.0.2.1]>"), "In-Reply-To: <a@[192.0.2.1]>\r\n"));
  BOOST_TEST(has(with_id("<" + std::string(60, 'a') + "@b.example>\n"), "References:\r\n <aaa"));
  for (const std::string& id : {std::string(),
                                std::string("<>"),
                                std::string("none"),
                                std::string("<a@b> <c@d>"),
                                std::string("<a@b>,<c@d>"),
                                std::string("<a@b"),
                                std::string("<a@>"),
                                std::string("<@b>"),
                                std::string("<a@b>\r\nBcc: eve@example.org"),
                                std::string("<a\r\n @b>"),
                                std::string("<a\n\t@b>"),
                                std::string("<a@b\r\nBcc:eve@example.org>"),
                                std::string("<<a@b>>"),
                                std::string("<a>@b>"),
                                std::string("<a@b@c>"),
                                std::string("<\"a b\"@c>"),
                                std::string("<a..b@c>"),
                                std::string("<a@.b>"),
                                std::string("<(comment)a@b>"),
                                std::string("<a\xc3\xbc@b>"),
                                std::string("<a\0b@c>", 7),
                                std::string("<a@[b]c]>"),
                                std::string("<a@[b\\]>"),
                                std::string("<a@[]>"),
                                "<" + std::string(100, 'a') + "@b>",
                                std::string(100'000, '<')}) {
    const std::string text = with_id(id);
    BOOST_TEST(!has(text, "In-Reply-To"), id);
    BOOST_TEST(!has(text, "References"), id);
    BOOST_TEST(!has(text, "Bcc"), id);
  }
}

BOOST_AUTO_TEST_CASE(only_an_address_in_its_canonical_spelling_is_written_to) {
  for (const char* address :
       {"bob@example.com", "bob+news@example.com", "\"bob smith\"@example.com",
        "j\xc3\xb6rg@example.com", "bob@xn--bcher-kva.example", "bob@[192.0.2.1]"})
    BOOST_TEST(can_be_written_to(address), address);
  for (const char* other :
       {"", "<>", "postmaster", "bob", "@example.com", "#1:0123456789abcdef0123456789abcdef",
        "Bob@example.com", "<bob@example.com>", "bob@example.com\r\nRCPT TO:<eve@example.org>",
        "bob@example.com> NOTIFY=SUCCESS", "bob@example.com,eve@example.com", "bob @example.com",
        "b\xe2\x80\x8b"
        "ob@example.com"})
    BOOST_TEST(!can_be_written_to(other), other);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
