// List-Unsubscribe as RFC 2369 says, and as the world writes it.

#include "unsubscribe/list_unsubscribe.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace optout {
namespace {

std::string spelled(const std::vector<ListUri>& uris) {
  std::string text;
  for (const ListUri& uri : uris)
    text += uri.text + " ";
  return text.substr(0, text.size() - (text.empty() ? 0 : 1));
}

struct Case {
  const char* value;
  const char* uris;  // separated by a space
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.value;
}

const Case kCases[] = {
    // N1 of the list of standards, in its order
    {"<mailto:list@host.com?subject=unsubscribe>", "mailto:list@host.com?subject=unsubscribe"},
    {"(Use this) <mailto:m@h?body=unsubscribe%20list>", "mailto:m@h?body=unsubscribe%20list"},
    {"<http://h/l.cgi?cmd=unsub&lst=list>,\r\n <mailto:l@h?subject=unsubscribe>",
     "http://h/l.cgi?cmd=unsub&lst=list mailto:l@h?subject=unsubscribe"},
    {"mailto:a@b", ""},
    {"NO", ""},  // LH-15
    {"<https://a>,<https://b>", "https://a https://b"},
    {"<https://a/\r\n b>", "https://a/b"},  // LH-07
    {"<https://a> junk, <mailto:b@c>", "https://a"},
    {"<https://a>, junk, <mailto:b@c>", "https://a"},
    {"<https://a>,, <mailto:b@c>", "https://a"},
    {"<https://a/?x=(1)>", "https://a/?x=(1)"},
    {"(a(b)c)<mailto:x@y>(d)", "mailto:x@y"},
    // the examples of the requirements
    {"<https://a>, <mailto:b>", "https://a mailto:b"},            // LH-03
    {"mailto:x@y", ""},                                           // LH-04
    {"(click) <mailto:x@y>", "mailto:x@y"},                       // LH-04
    {"<mailto:a@b> foo, <https://c>", "mailto:a@b"},              // LH-05
    {"<mailto:a@b> (c1) , <https://c>", "mailto:a@b https://c"},  // LH-05
    {"<mailto:a@b>, https://c, <https://d>", "mailto:a@b"},       // LH-06
    {"<https://ex.com/\n\t abc>", "https://ex.com/abc"},          // LH-07
    {"(a \\) <https://evil> (b)) <mailto:x@y>", "mailto:x@y"},    // LH-08
    // what else is seen
    {"", ""},
    {" \n\t ", ""},
    {"<>", ""},
    {"<>, <https://a>", "https://a"},
    {"< >,<mailto:a@b>,", "mailto:a@b"},
    {", <https://a>", ""},
    {"<https://a/1,2>", "https://a/1,2"},
    {"<https://a", ""},
    {"<https://a>, <https://b", "https://a"},
    {"(<https://a>", ""},
    {"<https://a> (never ends, <https://b>", "https://a"},
    {"\"<https://a>\", <https://b>", ""},
};

struct SchemeCase {
  const char* uri;
  UriScheme scheme;
};

std::ostream& operator<<(std::ostream& out, const SchemeCase& c) {
  return out << c.uri;
}

const SchemeCase kSchemes[] = {
    {"mailto:a@b", UriScheme::mailto},
    {"MailTo:a@b", UriScheme::mailto},
    {"https://a", UriScheme::https},
    {"HTTPS://a", UriScheme::https},
    {"http://a", UriScheme::http},
    {"ftp://a", UriScheme::other},
    {"file:///etc/passwd", UriScheme::other},
    {"javascript:alert(1)", UriScheme::other},
    {"data:text/html,x", UriScheme::other},
    {"httpsx://a", UriScheme::other},
    {"https:a", UriScheme::other},
    {"https://", UriScheme::other},
    {"mailto:", UriScheme::other},
    {"https://[2001:db8::1]/x", UriScheme::https},
    {"https://\u00FCber.example/", UriScheme::https},
    {"https:///x", UriScheme::other},
    {"https://?", UriScheme::other},
    {"https://{{unsub}}", UriScheme::other},
    {"http://%unsub%", UriScheme::other},
    {"mailto:?subject=unsubscribe", UriScheme::other},
    {"mailto:unsub", UriScheme::other},
    {"mailto:{{unsub}}", UriScheme::other},
    {"mailto:?to=a@b", UriScheme::mailto},
    {"mailto:a@b,c@d", UriScheme::mailto},
    {"mailto:a@b?subject=100%", UriScheme::mailto},
    {"a@b", UriScheme::other},
    {"=?utf-8?q?https://a?=", UriScheme::other},  // LH-09
    {"https://a/<https://b", UriScheme::other},
    {"https://a/\x01", UriScheme::other},
};

bool eligible(std::string_view value) {
  return one_click_uri(value, kPostValue).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(list_unsubscribe)

BOOST_DATA_TEST_CASE(LH_03_to_08_uris_stand_in_brackets_and_are_separated_by_commas,
                     boost::unit_test::data::make(kCases)) {
  BOOST_TEST(spelled(list_uris(sample.value)) == sample.uris);
}

BOOST_DATA_TEST_CASE(LH_15_LH_16_a_uri_is_known_by_its_scheme_and_only_three_are_of_use,
                     boost::unit_test::data::make(kSchemes)) {
  const auto uris = list_uris("<" + std::string(sample.uri) + ">");
  BOOST_REQUIRE(uris.size() == 1u);
  BOOST_TEST((uris[0].scheme == sample.scheme));
  BOOST_TEST(offers_a_way_out(uris) == (sample.scheme != UriScheme::other));
}

BOOST_AUTO_TEST_CASE(LH_03_one_useful_uri_among_others_is_a_way_out) {
  BOOST_TEST(offers_a_way_out(list_uris("<ftp://a>, <mailto:b@c>")));
  BOOST_TEST(!offers_a_way_out(list_uris("<ftp://a>, <data:b>")));
  BOOST_TEST(!offers_a_way_out({}));
}

BOOST_AUTO_TEST_CASE(OC_01_one_click_needs_exactly_one_web_uri_and_that_with_tls) {
  BOOST_TEST(one_click_uri("<mailto:a@b>, <https://c/d>", kPostValue).value_or("") ==
             "https://c/d");
  BOOST_TEST(eligible("<https://c/d>, <ftp://e>"));
  BOOST_TEST(!eligible("<https://a>, <https://b>"));
  BOOST_TEST(!eligible("<https://a>, <http://a>"));
  BOOST_TEST(!eligible("<http://a>, <https://a>"));
  BOOST_TEST(!eligible("<http://a>"));
  BOOST_TEST(!eligible("<mailto:a@b>"));
  BOOST_TEST(!eligible("NO"));
}

BOOST_AUTO_TEST_CASE(OC_02_the_value_of_the_second_field_is_one_pair_and_case_is_forgiven) {
  BOOST_TEST(kPostValue == "List-Unsubscribe=One-Click");
  BOOST_TEST(is_one_click("List-Unsubscribe=One-Click"));
  BOOST_TEST(is_one_click(" list-unsubscribe=ONE-CLICK \t"));
  BOOST_TEST(is_one_click("\n\tList-Unsubscribe=One-Click"));
  BOOST_TEST(!is_one_click("List-Unsubscribe=Two"));
  BOOST_TEST(!is_one_click("List-Unsubscribe=One-Click; x"));
  BOOST_TEST(!is_one_click("List-Unsubscribe = One-Click"));
  BOOST_TEST(!is_one_click(""));
  BOOST_TEST(!one_click_uri("<https://a>", "yes"));
}

BOOST_AUTO_TEST_CASE(AT_18_whatever_is_repeated_a_million_times_is_read_in_one_go) {
  constexpr std::size_t kMany = 1'000'000;
  for (const char c : {'(', '<', ',', '>', '\\', '"', ' ', ')'})
    BOOST_TEST(list_uris(std::string(kMany, c)).empty());
  BOOST_TEST(list_uris("<https://a>" + std::string(kMany, ',')).size() == 1u);
  const std::string nested = std::string(kMany, '(') + std::string(kMany, ')') + "<https://a>";
  BOOST_TEST(list_uris(nested).size() == 1u);
  std::string many;
  for (std::size_t i = 0; i < kMany / 4; ++i)
    many += "<a>,";
  BOOST_TEST(list_uris(many).size() == kMany / 4);
  BOOST_TEST(list_uris("<" + std::string(kMany, '<') + ">").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
