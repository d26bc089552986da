// The file of token keys. What is complained of, word by word, is in tests/config/bad.

#include "config/token_key_file.h"

#include "scratch.h"
#include "unsubscribe/token_keys.h"
#include "util/day.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <chrono>

namespace optout {
namespace {

using namespace std::chrono_literals;

const std::string kHex = "9a41c3e07b5d28f6104e8dc2975fb3a16c0e4d92f8b71a3560dfe2847bc95931";
const std::string kOtherHex = "07c3b95e21f8a46d3e90c7158bd2640fae713c85d90b4f26e8a157330cd6f29b";

struct KeyFile {
  explicit KeyFile(const std::string& text, unsigned mode = 0640)
      : path(scratch.write("token.keys", text, mode)),
        keys(read_token_key_file(path,
                                 Place{.file = report.add_file("x.yaml"), .line = 1, .column = 1},
                                 "unsubscribe.keys", report)) {}

  std::string complaints() const {
    std::string all;
    for (const Complaint& complaint : report.sorted())
      all += complaint.problem + "\n";
    return all;
  }

  Scratch scratch;
  Report report;
  std::string path;
  TokenKeys keys;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_key_file)

BOOST_AUTO_TEST_CASE(keys_are_read_with_what_is_said_of_them) {
  const KeyFile file("# ours\n\n  12:" + kHex +
                     "\t made=2020-03-02  retired=2021-01-15 \r\n63:" + kOtherHex + "\n");
  BOOST_TEST(file.complaints() == "");
  BOOST_REQUIRE(file.keys.size() == 2u);
  BOOST_TEST((file.keys.at(12).made == std::chrono::sys_days(2020y / std::chrono::March / 2)));
  BOOST_TEST(file.keys.at(12).retired);
  BOOST_TEST(!file.keys.at(63).retired);
  BOOST_TEST(file.keys.at(63).secret.size() == kTokenKeyOctets);
  BOOST_TEST(static_cast<unsigned char>(file.keys.at(63).secret.front()) == 0x07);
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_no_part_of_a_key) {
  const KeyFile file("\uFEFF12:" + kHex + "\n\uFEFF63:" + kOtherHex + "\n");
  BOOST_TEST(file.complaints() == "");
  BOOST_TEST(file.keys.size() == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_what_is_read) {
  const TokenKey key = new_token_key(2026y / std::chrono::November / 22);
  const KeyFile file(token_key_line(5, key) + "\n");
  BOOST_TEST(file.complaints() == "");
  BOOST_TEST((file.keys == TokenKeys{{5, key}}));
}

BOOST_AUTO_TEST_CASE(AT_04_a_file_that_others_can_read_or_write_is_refused) {
  for (const unsigned mode : {0644U, 0642U, 0641U, 0666U})
    BOOST_TEST(has(KeyFile("1:" + kHex + "\n", mode).complaints(), "by everybody"), mode);
  for (const unsigned mode : {0640U, 0600U, 0440U, 0400U})
    BOOST_TEST(KeyFile("1:" + kHex + "\n", mode).complaints() == "", mode);
}

BOOST_AUTO_TEST_CASE(AT_04_keys_that_can_be_guessed_are_refused) {
  std::string counted;
  std::string downwards;
  std::string in_steps;
  std::string text;
  for (int i = 0; i < 32; ++i) {
    counted += fmt::format("{:02x}", i);
    downwards += fmt::format("{:02x}", 255 - i);
    in_steps += fmt::format("{:02x}", (i * 0x11) & 0xff);
    text += fmt::format("{:02x}", "correct horse battery staple 123"[i]);
  }
  for (const std::string& hex :
       {std::string(64, '0'), std::string(64, 'f'), counted, downwards, in_steps, text,
        kHex.substr(0, 32) + kHex.substr(0, 32), kHex.substr(0, 16) + std::string(48, '0')}) {
    BOOST_TEST(has(KeyFile("1:" + hex + "\n").complaints(), "could be guessed"), hex);
    // Once retired it does no harm.
    BOOST_TEST(KeyFile("1:" + hex + " retired=2021-01-15\n2:" + kHex + "\n").complaints() == "",
               hex);
  }
}

BOOST_AUTO_TEST_CASE(keys_that_were_made_at_random_are_not) {
  for (int i = 0; i < 1000; ++i)
    BOOST_TEST(weakness_of(new_token_key({}).secret) == "");
}

BOOST_AUTO_TEST_CASE(a_file_without_a_key_that_mints_is_refused) {
  BOOST_TEST(has(KeyFile("# none\n").complaints(), "holds no key"));
  BOOST_TEST(has(KeyFile("1:" + kHex + " retired=2021-01-15\n").complaints(),
                 "holds no key that is not retired"));
}

BOOST_AUTO_TEST_CASE(secrets_are_in_no_complaint) {
  const std::string complaints =
      KeyFile("1:" + kHex + "\n1:" + kHex + "\n2:" + kHex + "\n3:" + kOtherHex +
              "00\n4:" + std::string(64, 'a') + "\nx:" + kHex + "\n" + kHex + "\n")
          .complaints();
  BOOST_TEST(!has(complaints, kHex.substr(0, 16)));
  BOOST_TEST(!has(complaints, kOtherHex.substr(0, 16)));
}

BOOST_AUTO_TEST_CASE(a_key_that_is_to_be_retired_later_would_be_retired_at_once) {
  const auto on = [](int days) {
    return KeyFile("1:" + kHex + " retired=" + day_text(today() + std::chrono::days(days)) +
                   "\n2:" + kOtherHex + "\n")
        .complaints();
  };
  BOOST_TEST(on(0) == "");
  BOOST_TEST(on(1) == "");  // another relay's clock, or its time zone
  BOOST_TEST(has(on(3), "takes effect at once"), on(3));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
