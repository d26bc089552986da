// What holds for all fields, shown on random ones. RC_PARAMS="max_success=100000" searches harder.

#include "header_of_an_mta.h"
#include "unsubscribe/display_name.h"
#include "unsubscribe/field_edits.h"
#include "unsubscribe/list_unsubscribe.h"
#include "unsubscribe/list_unsubscribe_value.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/percent.h"
#include "util/utf8.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace optout::test {
namespace {

template <typename Property>
void holds(Property property) {
  BOOST_TEST(rc::check(property));
}

rc::Gen<std::string> any_octets() {
  return rc::gen::container<std::string>(rc::gen::arbitrary<char>());
}

rc::Gen<std::string> text_of(const std::string& characters) {
  return rc::gen::container<std::string>(rc::gen::elementOf(characters));
}

// Text out of the pieces that rules are about.
rc::Gen<std::string> field_like() {
  auto piece = rc::gen::element<std::string>(
      "<", ">", "<https://a/>", "<mailto:b@c>", "<http://d>", "<https://optout.example.com/u/x>",
      ",", ", ", "(", ")", "\\", "\"", " ", "\n\t", "NO", "junk", "<javascript:x>", "=?utf-8?q?",
      "=?utf-8?b?", "?=", "=E2=80=AE", "\u202E", "\u00E9", "e\u0301", "\xFF", "a");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(std::move(piece)),
                      [](const std::vector<std::string>& pieces) {
                        std::string whole;
                        for (const std::string& one : pieces)
                          whole += one;
                        return whole;
                      });
}

rc::Gen<std::vector<Field>> any_header() {
  return rc::gen::container<std::vector<Field>>(rc::gen::exec([] {
    return Field{*rc::gen::element<std::string>("List-Unsubscribe", "list-unsubscribe",
                                                "List-Unsubscribe-Post", "LIST-UNSUBSCRIBE-POST",
                                                "Subject", "List-Id"),
                 *rc::gen::oneOf(field_like(), rc::gen::just(std::string(kPostValue)))};
  }));
}

rc::Gen<OwnFields> any_offer() {
  return rc::gen::exec([] {
    return OwnFields{
        .link = *rc::gen::element<std::string>("", "https://optout.example.com/u/x", "junk"),
        .mailto = *rc::gen::element<std::string>("", "mailto:u+x@optout.example.com"),
        .wrote_link = *rc::gen::arbitrary<bool>(),
        .signed_link = *rc::gen::arbitrary<bool>()};
  });
}

bool is_of_use(const std::string& value) {
  return offers_a_way_out(list_uris(value));
}
bool is_for_one_click(const std::string& value) {
  return only_https(list_uris(value)) != nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fields_properties)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  holds([] {
    const auto link = [] { return "https://a/" + percent_encoded(*any_octets(), "/?&=:@+"); };
    const auto mail = [] {
      const std::string subject = *rc::gen::string<std::string>();
      return mailto_uri("u+x@optout.example.com", subject).value_or("mailto:a@b");
    };
    std::vector<std::string> uris;
    for (const bool is_link : *rc::gen::nonEmpty<std::vector<bool>>())
      uris.push_back(is_link ? link() : mail());
    ListUnsubscribeValue value;
    for (const std::string& uri : uris)
      RC_ASSERT(value.add(uri));
    const std::vector<ListUri> read = list_uris(value.text());
    RC_ASSERT(read.size() == uris.size());
    for (std::size_t i = 0; i < uris.size(); ++i) {
      RC_ASSERT(read[i].text == uris[i]);
      RC_ASSERT((read[i].scheme == UriScheme::https) == uris[i].starts_with("https:"));
      RC_ASSERT(read[i].scheme != UriScheme::other);
    }
  });
}

BOOST_AUTO_TEST_CASE(LH_11_nothing_that_is_written_ends_a_field) {
  holds([] {
    const std::string uri = *rc::gen::element<std::string>("https://a", "mailto:a@b") +
                            *rc::gen::oneOf(any_octets(), field_like());
    ListUnsubscribeValue value;
    RC_ASSERT(value.add(uri) == unsafe_in_list_unsubscribe(uri).empty());
    RC_ASSERT(value.text().empty() || list_uris(value.text()).size() == 1U);
    RC_ASSERT(value.text().find_first_of(std::string("\r\n\0", 3)) == std::string::npos);
  });
}

BOOST_AUTO_TEST_CASE(ML_01_a_mailto_that_is_written_is_read_again) {
  holds([] {
    std::string local = "\"";  // in quotes, where all of ASCII that can be seen may stand
    for (const char c : *text_of("aZ09.!#$%&'*+-/=?^_`{|}~\"\\@ ,;:<>()[]")) {
      if (c == '"' || c == '\\') local += '\\';
      local += c;
    }
    local += '"';
    const std::string address = local + "@example.com";
    const std::string subject = *text_of("aZ09 +&=?#%<>\",@:/;");
    const auto uri = mailto_uri(address, subject);
    RC_PRE(local.size() <= 64U && local != "\"\"");
    RC_ASSERT(uri.has_value());
    RC_ASSERT(unfit_for_list_unsubscribe(*uri).empty() || uri->size() > kLongestListUri);
    RC_ASSERT((parse_mailto(*uri) == Mailto{address, subject}));
  });
}

BOOST_AUTO_TEST_CASE(LH_01_whatever_the_sender_wrote_one_field_is_left) {
  holds([] {
    HeaderOfAnMta header(*any_header());
    const HeaderOfAnMta header_before = header;
    const std::vector<Field> before = header.fields();
    const auto senders = header.values(kListUnsubscribeName);
    const bool replace = *rc::gen::arbitrary<bool>();
    const OwnFields own = *any_offer();
    const bool have_own = own.link.starts_with("https:") || !own.mailto.empty();
    const FieldPlan plan = header.seen_by_filter().plan(replace, own);
    header.apply(plan.edits);

    const auto lists = header.values(kListUnsubscribeName);
    const auto posts = header.values(kPostName);
    RC_ASSERT(lists.size() == (have_own || !senders.empty() ? 1U : 0U));
    RC_ASSERT(posts.size() <= lists.size());
    // A way out is never taken away, and never missing where we have one.
    const auto promises = header_before.values(kPostName);
    const bool promised = std::any_of(promises.begin(), promises.end(), is_one_click);
    auto first = std::find_if(senders.begin(), senders.end(), is_for_one_click);
    if (!promised || first == senders.end())
      first = std::find_if(senders.begin(), senders.end(), is_of_use);
    if (have_own || first != senders.end()) RC_ASSERT(is_of_use(lists[0]));
    if (!replace && first != senders.end()) RC_ASSERT(lists[0] == *first);
    // No promise is made for a link that is not ours.
    const bool promised_anew = std::any_of(plan.edits.begin(), plan.edits.end(), [](const auto& e) {
      return e.name == kPostName && e.remove == 0;
    });
    if (promised_anew) {
      RC_ASSERT(own.signed_link);
      const auto link = one_click_uri(lists[0], posts[0]);
      RC_ASSERT(link && (own.wrote_link || link == own.link));
    }
    // Where anything was taken off, no promise is left that cannot be kept.
    if (!plan.edits.empty() && !posts.empty()) RC_ASSERT(is_for_one_click(lists[0]));
    // The rest of the header is as it was.
    const auto others = [](std::vector<Field> fields) {
      std::erase_if(fields, [](const Field& field) {
        return ascii::starts_with(field.name, "list-unsubscribe");
      });
      return fields;
    };
    RC_ASSERT(others(header.fields()) == others(before));
    // Through us a second time, and nothing is left to do.
    RC_ASSERT(header.seen_by_filter().plan(replace, own).edits.empty());
  });
}

BOOST_AUTO_TEST_CASE(AT_13_a_name_is_short_and_on_one_line_whatever_the_list_calls_itself) {
  holds([] {
    const std::string name =
        display_name(*rc::gen::oneOf(any_octets(), field_like()) + "<news.example.com>");
    RC_ASSERT(is_utf8(name));
    RC_ASSERT(name.size() <= 400U);
    RC_ASSERT(std::none_of(name.begin(), name.end(), ascii::is_control));
    RC_ASSERT(name.find("\u202E") == std::string::npos);
    RC_ASSERT(name.find("  ") == std::string::npos);
    RC_ASSERT(!name.starts_with(' '));
    RC_ASSERT(!name.ends_with(' '));
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
