#include "policy/header_facts.h"

#include <boost/test/unit_test.hpp>

namespace optout {
namespace {

bool automatic(std::string_view name, std::string_view value) {
  HeaderFacts facts;
  facts.add(name, value);
  return facts.is_automatic();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(header_facts)

BOOST_AUTO_TEST_CASE(field_names_have_no_case) {
  HeaderFacts facts;
  facts.add("LIST-ID", "<a.b>");
  BOOST_TEST(facts.list_id().value_or("") == "a.b");
}

BOOST_AUTO_TEST_CASE(LI_02_of_two_list_ids_none_counts) {
  HeaderFacts facts;
  facts.add("List-Id", "<a.b>");
  BOOST_TEST(!facts.ambiguous_list());
  facts.add("List-Id", "<a.b>");
  BOOST_TEST(!facts.list_id().has_value());
  BOOST_TEST(facts.ambiguous_list());
}

BOOST_AUTO_TEST_CASE(AR_06_auto_submitted_is_read_with_comments_and_parameters) {
  BOOST_TEST(automatic("Auto-Submitted", "auto-replied"));
  BOOST_TEST(automatic("Auto-Submitted", "(why) auto-replied (vacation); x-owner=\"a;b\""));
  BOOST_TEST(automatic("Auto-Submitted", "\n\tauto-generated (failure)"));
  BOOST_TEST(automatic("Auto-Submitted", "x-foo"));
  BOOST_TEST(!automatic("Auto-Submitted", "no"));
  BOOST_TEST(!automatic("Auto-Submitted", "(auto-replied) NO; x=y"));
}

BOOST_AUTO_TEST_CASE(a_report_is_automatic_other_content_is_not) {
  BOOST_TEST(automatic("Content-Type", "multipart/report; report-type=delivery-status"));
  BOOST_TEST(automatic("content-type", "Multipart/Report;report-type=x"));
  BOOST_TEST(!automatic("Content-Type", "multipart/mixed"));
  BOOST_TEST(!automatic("Content-Type", "text/plain; x=multipart/report"));
  BOOST_TEST(!automatic("Subject", "multipart/report"));
}

BOOST_AUTO_TEST_CASE(AT_15_huge_fields_are_read_in_one_go) {
  BOOST_TEST(!automatic("Content-Type", std::string(1'000'000, '(')));
  BOOST_TEST(automatic("Auto-Submitted", std::string(1'000'000, 'x')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
