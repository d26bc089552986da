// Vectors that others collected: the 90 that define our keys, James' plus tags, UASG's addresses.

#include "address/lookup_key.h"
#include "spelled.h"
#include "support/corpus.h"
#include "turkish.h"

#include <boost/test/unit_test.hpp>
#include <unicode/uchar.h>

#include <map>
#include <string>

using namespace optout;

BOOST_TEST_GLOBAL_FIXTURE(NeedsCorpus);

namespace {

// V52 tells the Unicode versions apart: U+1E9E became a letter of its own in the UTS 46 of 15.1
// (AD-17).
std::string expected_key(const std::string& id, const std::string& key) {
  const std::string unicode = U_UNICODE_VERSION;
  const bool before_15_1 = unicode == "15.0" || unicode == "15" || std::stoi(unicode) < 15;
  if (id == "V52" && !before_15_1) return "user@xn--zca.example";
  return unescaped(key);
}

std::size_t check_all_vectors() {
  static const std::map<std::string, std::string> kStatus = {{"OK", "ok"},
                                                             {"RAW", "raw"},
                                                             {"NULL", "null_sender"},
                                                             {"SPECIAL", "postmaster"},
                                                             {"REJECT", "invalid"}};
  const auto rows = corpus_rows("addresses.tsv");
  for (const auto& row : rows) {
    const std::string key = expected_key(row.at(0), row.at(3));
    const std::string expected = kStatus.at(row.at(2)) + (key.empty() ? "" : " ") + key;
    BOOST_TEST_CONTEXT(row.at(0) << ", " << row.at(4)) {
      BOOST_TEST(spelled(unescaped(row.at(1))) == expected);
    }
  }
  return rows.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(all_ninety_addresses_get_the_key_agreed_on) {
  BOOST_TEST(check_all_vectors() == 90u);
}

// AD-03
BOOST_AUTO_TEST_CASE(all_ninety_get_it_in_a_turkish_locale_too) {
  const TurkishLocale turkish;
  if (turkish) check_all_vectors();
}

BOOST_AUTO_TEST_CASE(plus_tags_are_found_where_apache_james_finds_them) {
  std::size_t seen = 0;
  for (const auto& row : corpus_rows("plus-tags-james.tsv")) {
    if (row.at(0) != "+") continue;
    ++seen;
    // Theirs says the address again where there is nothing to drop; ours says nothing.
    const std::string expected = row.at(1) == row.at(2) ? "" : row.at(2);
    BOOST_TEST(without_plus_tag(row.at(1)) == expected, row.at(1));
  }
  BOOST_TEST(seen > 0u);
}

BOOST_AUTO_TEST_CASE(every_valid_international_address_is_understood) {
  for (const auto& row : corpus_rows("uasg-james.tsv")) {
    if (row.at(0) == "PAIR") {
      BOOST_TEST(spelled(row.at(1)) == spelled(row.at(2)));
      continue;
    }
    const LookupKey found = lookup_key(row.at(0));
    if (row.at(1) != "no") {
      BOOST_TEST((found.status == KeyStatus::ok), row.at(0));
      BOOST_TEST(unfit_to_add(found.key) == "", row.at(0));
    }
  }
}

// AD-15: not valid is no reason to let a recipient through unasked
BOOST_AUTO_TEST_CASE(every_invalid_address_with_a_mailbox_still_has_a_key) {
  for (const auto& row : corpus_rows("uasg-james.tsv")) {
    if (row.at(1) != "no") continue;
    const bool has_mailbox = row.at(0).front() != '@' && row.at(0).back() != '@';
    BOOST_TEST((lookup_key(row.at(0)).status != KeyStatus::invalid) == has_mailbox, row.at(0));
  }
}

BOOST_AUTO_TEST_SUITE_END()
