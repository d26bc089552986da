// mailto: as RFC 6068 says.

#include "unsubscribe/mailto.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace optout {
namespace {

// "address|subject", or nothing.
std::string spelled(std::string_view uri) {
  const auto mailto = parse_mailto(uri);
  return mailto ? mailto->address + "|" + mailto->subject : "";
}

struct Case {
  const char* uri;
  const char* mailto;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.uri;
}

const Case kCases[] = {
    {"mailto:a@b", "a@b|"},
    {"MAILTO:a@b?SUBJECT=x", "a@b|x"},         // ML-03
    {"mailto:a@b?body=y&subject=x", "a@b|x"},  // ML-03
    {"mailto:a@b?%73ubject=x", "a@b|x"},
    {"mailto:gorby%25kremvax@example.com", "gorby%kremvax@example.com|"},  // ML-01
    {"mailto:a%2540b@example.com", "a%40b@example.com|"},                  // ML-01
    {"mailto:%22not%40me%22@example.org", "\"not@me\"@example.org|"},      // RFC 6068 6.1
    {"mailto:unlikely%3Faddress@example.com?blat=foop", "unlikely?address@example.com|"},
    {"mailto:Mike%26family@example.org", "Mike&family@example.org|"},
    {"mailto:user@example.org?subject=caf%C3%A9", "user@example.org|caf\u00E9"},
    {"mailto:user@%E7%B4%8D%E8%B1%86.example.org", "user@\u7D0D\u8C46.example.org|"},
    {"mailto:unsub+tok@x", "unsub+tok@x|"},       // ML-02
    {"mailto:a@b?subject=1+1%202", "a@b|1+1 2"},  // ML-02
    {"mailto:?to=a@b&subject=x", "a@b|x"},
    {"mailto:a@b#top", "a@b|"},
    {"mailto:a@b?", "a@b|"},
    {"mailto:a@b?subject", "a@b|"},
    {"mailto:a@b?subject=a=b", "a@b|a=b"},
    {"mailto:a@b?subject=x&subject=y", "a@b|x"},
    {"mailto:a@b?subject=x%0ABcc:c@d", ""},  // ML-05
    {"mailto:a@b?subject=x%0d", ""},         // ML-05
    {"mailto:a@b?subject=x%00", ""},
    {"mailto:a@b?subject=%FF", ""},
    {"mailto:a@b?subject=%zz", ""},
    {"mailto:a@b%", ""},
    {"mailto:a@b%4", ""},
    {"mailto:a%0A@b", ""},
    {"mailto:", ""},
    {"mailto:nobody", ""},
    {"mailto:@b", ""},
    {"mailto:a@", ""},
    {"mailto:a@b,c@d", ""},
    {"mailto:a@b?to=c@d", ""},  // ML-04
    {"mailto:%3Ca@b%3E", ""},
    {"mailto:%20a@b", ""},  // ML-07
    {"mailto:a@b%20", ""},
    {"mailto:@c:a@b", ""},
    {"mailto:a%20b@c", ""},
    {"https://a@b", ""},
    {"", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mailto_uris)

BOOST_DATA_TEST_CASE(ML_01_to_07_a_uri_is_decoded_once_or_refused,
                     boost::unit_test::data::make(kCases)) {
  BOOST_TEST(spelled(sample.uri) == sample.mailto);
}

BOOST_AUTO_TEST_CASE(ML_01_whatever_is_special_is_percent_encoded) {
  BOOST_TEST(mailto_uri("u+tok@optout.example.com", "").value_or("") ==
             "mailto:u+tok@optout.example.com");
  BOOST_TEST(mailto_uri("gorby%kremvax@example.com", "1+1 = 2?").value_or("") ==
             "mailto:gorby%25kremvax@example.com?subject=1%2B1%20%3D%202%3F");
  BOOST_TEST(mailto_uri("a/b?c#d&e=f@example.com", "").value_or("") ==
             "mailto:a%2Fb%3Fc%23d%26e%3Df@example.com");
  BOOST_TEST(mailto_uri("\"a,b\"@[192.0.2.1]", "").value_or("") ==
             "mailto:%22a%2Cb%22@%5B192.0.2.1%5D");
}

BOOST_AUTO_TEST_CASE(ML_06_what_is_not_ascii_is_utf_8_and_the_domain_an_a_label) {
  BOOST_TEST(mailto_uri("user@\u7D0D\u8C46.example.org", "caf\u00E9").value_or("") ==
             "mailto:user@xn--99zt52a.example.org?subject=caf%C3%A9");
  BOOST_TEST(mailto_uri("\u00E9ve@example.org", "").value_or("") == "mailto:%C3%A9ve@example.org");
}

BOOST_AUTO_TEST_CASE(ML_05_line_breaks_and_other_controls_are_not_written) {
  for (const char* subject : {"x\r\nBcc: c@d", "x\n", "x\r", "\x1b[1m", "\xff"})
    BOOST_TEST(!mailto_uri("a@b", subject).has_value());
  BOOST_TEST(!mailto_uri("a@b", std::string("x\0", 2)).has_value());
  for (const char* address :
       {"", "nobody", "a@b\n", "a\r\nb@c", "<a@b>", "a@b>", "a b@c", "@a:b@c"})
    BOOST_TEST(!mailto_uri(address, "").has_value(), address);
  BOOST_TEST(!mailto_uri(std::string("a\0@b", 4), "").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
