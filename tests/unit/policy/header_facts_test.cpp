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
  BOOST_TEST(facts.why_no_list() == "");
  facts.add("List-Id", "<a.b>");
  BOOST_TEST(!facts.list_id().has_value());
  BOOST_TEST(facts.why_no_list() == "more than one List-Id");
}

BOOST_AUTO_TEST_CASE(LI_02_a_list_id_that_names_no_list_is_told_from_none) {
  HeaderFacts facts;
  BOOST_TEST(facts.why_no_list() == "");
  facts.add("List-Id", "Our News");
  BOOST_TEST(!facts.list_id().has_value());
  BOOST_TEST(facts.why_no_list() == "a List-Id that names no list");
}

BOOST_AUTO_TEST_CASE(AR_06_auto_submitted_is_read_with_comments_and_parameters) {
  BOOST_TEST(automatic("Auto-Submitted", "auto-replied"));
  BOOST_TEST(automatic("Auto-Submitted", "(why) auto-replied (vacation); x-owner=\"a;b\""));
  BOOST_TEST(automatic("Auto-Submitted", "\n\tauto-generated (failure)"));
  BOOST_TEST(automatic("Auto-Submitted", "x-foo"));
  BOOST_TEST(!automatic("Auto-Submitted", "no"));
  BOOST_TEST(!automatic("Auto-Submitted", "(auto-replied) NO; x=y"));
}

// RFC 3834 5: there is a keyword, or the field says nothing.
BOOST_AUTO_TEST_CASE(SC_15_auto_submitted_without_a_keyword_exempts_nobody) {
  for (const char* nothing : {"", " \n\t", "(auto-replied)", "; x=auto-replied", "(auto-replied"})
    BOOST_TEST(!automatic("Auto-Submitted", nothing), nothing);
}

BOOST_AUTO_TEST_CASE(a_report_is_automatic_other_content_is_not) {
  BOOST_TEST(automatic("Content-Type", "multipart/report; report-type=delivery-status"));
  BOOST_TEST(automatic("content-type", "Multipart/Report;report-type=x"));
  for (const char* spaced : {"multipart / report", "multipart/ report", "multipart /report;x=y",
                             "(a) multipart(b)/\n\t(c(d)) Report (e)"}) {
    BOOST_TEST(automatic("Content-Type", spaced), spaced);  // SC-15
  }
  for (const char* other : {"multi part/report", "multipart report", "multipart//report",
                            "multipart/reports", "multipart", "multipart/", "multipart; /report"})
    BOOST_TEST(!automatic("Content-Type", other), other);
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
