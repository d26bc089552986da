// List-Unsubscribe fields that others collected: RFC 2369, RFC 8058, and tests of mail programs.

#include "support/corpus.h"
#include "unsubscribe/list_unsubscribe.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace optout;

BOOST_TEST_GLOBAL_FIXTURE(NeedsCorpus);

namespace {

// `text` with `from` as `to`, everywhere.
std::string with(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string spelled(const std::vector<ListUri>& uris) {
  std::string text;
  for (const ListUri& uri : uris)
    text += (text.empty() ? "" : " ") + uri.text;
  return text.empty() ? "-" : text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vectors)

BOOST_AUTO_TEST_CASE(all_fields_give_the_uris_that_others_found) {
  std::size_t seen = 0;
  for (const auto& row : corpus_rows("list_unsubscribe.tsv")) {
    if (row.at(0) == "source") continue;
    ++seen;
    for (const char* fold : {"\r\n", "\n"}) {  // on the wire, and from libmilter
      const std::string value = with(row.at(1), "\\r\\n", fold);
      BOOST_TEST_CONTEXT(row.at(0) << ": " << row.at(1)) {
        BOOST_TEST(spelled(list_uris(value)) == row.at(2));
        BOOST_TEST(one_click_uri(value, row.at(3)).has_value() == (row.at(4) == "yes"));
      }
    }
  }
  BOOST_TEST(seen == 15u);
}

BOOST_AUTO_TEST_SUITE_END()
