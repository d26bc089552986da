// What the reader makes of `unsubscribe` and of what streams say about it, beyond the words of its
// complaints (example_files_test.cpp).

#include "address/limits.h"
#include "config/reader.h"
#include "config/unsubscribe_link.h"
#include "scratch.h"
#include "unsubscribe/token.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using namespace optout;
namespace data = boost::unit_test::data;

namespace {

using Texts = std::vector<std::string>;

const std::string kKeys =
    "1:9a41c3e07b5d28f6104e8dc2975fb3a16c0e4d92f8b71a3560dfe2847bc95931 made=2026-03-02\n";

std::string problem_with_link(std::string_view link) {
  const Parsed<std::string> parsed = unsubscribe_link_type().parse(link);
  const auto* problem = std::get_if<Problem>(&parsed);
  return problem ? problem->text : std::string();
}

// A file with a key, and `yaml` behind the domain and the keys in `unsubscribe`.
class Unsubscribing {
public:
  Loaded load(std::string_view more_of_the_section, std::string_view yaml) const {
    return parse_config(fmt::format("unsubscribe:\n  domain: optout.example.com\n  keys: {}\n{}{}",
                                    keys_, more_of_the_section, yaml),
                        "test.yaml");
  }

  const std::string& keys() const noexcept { return keys_; }

private:
  const Scratch scratch_;
  const std::string keys_ = scratch_.write("token.keys", kKeys);
};

Texts errors_of(const Loaded& loaded) {
  Texts out;
  for (const Complaint& complaint : loaded.complaints) {
    if (!complaint.is_warning) out.push_back(complaint.problem);
  }
  return out;
}

void require_usable(const Loaded& loaded) {
  for (const Complaint& complaint : loaded.complaints)
    BOOST_TEST_MESSAGE(complaint.to_string());
  BOOST_REQUIRE(loaded.usable());
}

Stream stream_of(const Loaded& loaded) {
  return loaded.config.streams.front();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(unsubscribe)

BOOST_AUTO_TEST_CASE(everything_is_off_where_nothing_is_said) {
  const Config config = parse_config("", "empty.yaml").config;
  BOOST_TEST(config.unsubscribe.domain.empty());
  BOOST_TEST(config.unsubscribe.keys.empty());
  BOOST_TEST(!config.unsubscribe.confirm);
  BOOST_TEST((config.streams.front().list_unsubscribe == ListUnsubscribe::keep));
  BOOST_TEST((config.streams.front().bad_token == BadToken::pass));
}

BOOST_AUTO_TEST_CASE(keys_are_read_with_the_configuration) {
  const Unsubscribing file;
  const Loaded loaded = file.load("", "");
  require_usable(loaded);
  BOOST_TEST(loaded.config.unsubscribe.keys_file == file.keys());
  BOOST_TEST(loaded.config.unsubscribe.keys.size() == 1U);
  BOOST_TEST(loaded.config.unsubscribe.keys.at(1).secret.size() == kTokenKeyOctets);
}

BOOST_AUTO_TEST_CASE(ML_06_an_international_domain_is_kept_as_its_a_label) {
  const Scratch scratch;
  const std::string keys = scratch.write("token.keys", kKeys);
  const Loaded loaded = parse_config(
      "unsubscribe: { domain: Optout.納豆.example.org, keys: \"" + keys + "\" }\n", "test.yaml");
  BOOST_TEST(loaded.config.unsubscribe.domain == "optout.xn--99zt52a.example.org");
}

BOOST_DATA_TEST_CASE(
    links_are_kept_as_they_are_written,
    data::make(Texts{"https://optout.example.com/", "https://o.example/u/~a.b_c-d/",
                     "https://optout.example.com:8443/u/", "https://192.0.2.1/u/",
                     "https://Optout.Example.COM/U/", "https://optout.example.com/u%20v/w%C3%A4/",
                     "https://xn--bcher-kva.example/", ""}),
    link) {
  const Parsed<std::string> parsed = unsubscribe_link_type().parse(link);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<std::string>(parsed), problem_with_link(link));
  BOOST_TEST(std::get<std::string>(parsed) == link);
}

BOOST_DATA_TEST_CASE(OC_01_AT_10_links_that_may_not_stand_in_the_header_are_refused,
                     data::make(std::vector<std::tuple<std::string, std::string>>{
                         {"http://a.example/u/", "must begin with https://: one-click"},
                         {"HTTPS://a.example/u/", "is no https link"},
                         {"mailto:a@b.example", "is no https link"},
                         {"javascript:alert(1)/", "is no https link"},
                         {"optout.example.com/u/", "is no https link"},
                         {"https:///u/", "names no host"},
                         {"https://:8443/u/", "names no host"},
                         {"https://a..example/u/", "is not the name of a host"},
                         {"https://a%20b.example/u/", "is not the name of a host"},
                         {"https://[::1]/u/", "is not the name of a host"},
                         {"https://Bücher.example/u/",
                          "must be written in ASCII (write xn--bcher-kva.example)"},
                         {"https://a.example:0/u/", "is not a port number"},
                         {"https://a.example:99999/u/", "is not a port number"},
                         {"https://a.example:8443:1/u/", "in brackets"},
                         {"https://ann@a.example/u/", "may name no user"},
                         {"https://ann:secret@a.example/u/", "may name no user"},
                         {"https://a.example/u/?t=", "no query and no fragment"},
                         {"https://a.example/u/#", "no query and no fragment"},
                         {"https://a.example/u", "must end in a slash"},
                         {"https://a.example", "must end in a slash"},
                         {"https://a.example/ü/", "nothing else"},
                         {"https://a.example/u v/", "nothing else"},
                         {"https://a.example/u>,<https://b.example/", "nothing else"},
                         {"https://a.example/u,v/", "nothing else"},
                         {"https://a.example/u&v=/", "nothing else"},
                         {"https://a.example/(u)/", "nothing else"},
                         {"https://a.example/\"u\"/", "nothing else"},
                         {"https://a.example/%2/", "nothing else"},
                         {"https://a.example/%/", "nothing else"},
                         {"https://a.example/%zz/", "nothing else"}}),
                     link, why) {
  const std::string problem = problem_with_link(link);
  BOOST_TEST(problem.find(why) != std::string::npos, link << ": " << problem);
}

BOOST_AUTO_TEST_CASE(LH_10_a_link_that_leaves_no_room_for_a_token_is_refused_not_cut) {
  const auto link_of = [](std::size_t octets) {
    std::string link = "https://optout.example.com/";
    link.append(octets - link.size() - 1, 'u');
    return link + "/";
  };
  BOOST_TEST(problem_with_link(link_of(kLongestLink)) == "");
  BOOST_TEST(problem_with_link(link_of(kLongestLink + 1)).find("octets long") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(LH_10_the_longest_link_and_the_longest_token_fit_on_one_line) {
  using namespace std::chrono_literals;
  const Tokens tokens(TokenKeys{{63, {.secret = std::string(kTokenKeyOctets, 'k'), .made = {}}}});
  // The longest address there can be, of the letters that take the most bits.
  std::string address;
  while (address.size() < kLongestLocalPart)
    address += "\xF0\xA0\x80\x8B";
  address += "@";
  while (address.size() < kLongestMailbox)
    address += address.size() % 20 == 0 ? '.' : 'q';
  Token longest;
  longest.issued = 2099y / 12 / 31;
  longest.scope = 0xFFFFFFFF;
  longest.address = address;
  const auto token = tokens.mint(Purpose::link, longest);
  BOOST_REQUIRE(token.has_value());
  BOOST_TEST(token->size() <= kLongestLinkToken);
}

// "A stream that mints unsubscribe tokens must honour the sets its tokens write" (design 6).
BOOST_DATA_TEST_CASE(a_stream_that_offers_tokens_honours_what_they_write,
                     data::make(std::vector<std::tuple<std::string, std::string, std::string>>{
                         {"list", "global, stream, list", ""},
                         {"list", "bounce, list, \"stream:default\", global", ""},
                         {"list", "global, stream", "lacks list"},
                         {"list", "global, list", "lacks stream"},
                         {"list", "stream, list", "lacks global"},
                         {"list", "bounce", "lacks global, stream, list"},
                         {"list", "global, stream, \"list:news.example.com\"", "lacks list"},
                         {"list", "global, list, \"stream:another\"", "lacks stream"},
                         {"list", "list, stream, \"key:optout:set:global\"", "lacks global"},
                         {"stream", "stream, global", ""},
                         {"stream", "list, global", "lacks stream"},
                         {"stream", "stream, list", "lacks global"},
                         {"global", "global", ""},
                         {"global", "list, stream", "lacks global"}}),
                     scope, honours, lacks) {
  const Unsubscribing file;
  for (const std::string what : {"add", "replace", "require"}) {
    const Loaded loaded = file.load(
        fmt::format("  scope: {}\n", scope),
        fmt::format("streams: [{{ honours: [{}], list_unsubscribe: {} }}]\n", honours, what));
    const Texts errors = errors_of(loaded);
    BOOST_TEST_CONTEXT(what) {
      BOOST_REQUIRE(errors.size() == (lacks.empty() ? 0U : 1U));
      if (!lacks.empty()) BOOST_TEST(errors.front().starts_with(lacks + ": "), errors.front());
    }
  }
  const Loaded keeps = file.load(fmt::format("  scope: {}\n", scope),
                                 fmt::format("streams: [{{ honours: [{}] }}]\n", honours));
  BOOST_TEST(errors_of(keeps).empty());
}

BOOST_AUTO_TEST_CASE(honours_as_the_complaint_suggests_it_is_accepted) {
  const Unsubscribing file;
  const std::string stream = "streams: [{{ list_unsubscribe: add{} }}]\n";
  const Texts errors = errors_of(file.load("", fmt::format(fmt::runtime(stream), "")));
  BOOST_REQUIRE(errors.size() == 1U);
  const auto list = errors.front().find('[');
  const std::string suggested = errors.front().substr(list, errors.front().rfind(']') + 1 - list);
  const Loaded loaded = file.load("", fmt::format(fmt::runtime(stream), ", honours: " + suggested));
  require_usable(loaded);
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_tokens_that_are_not_understood) {
  const Loaded loaded = parse_config(
      "unsubscribe: { domain: \"@\", keys: \"\" }\nstreams: [{ list_unsubscribe: add }]\n",
      "test.yaml");
  BOOST_TEST(errors_of(loaded).size() == 2U);  // of the domain, and that it lacks keys
}

BOOST_AUTO_TEST_CASE(AR_04_only_the_domain_itself_is_complained_of_as_a_sender) {
  const Unsubscribing file;
  const auto warnings = [&](const std::string& when) {
    return file.load("", "streams: [{ name: a, when: { " + when + " } }]\n").complaints.size();
  };
  BOOST_TEST(warnings("sender: \"@optout.example.com\"") == 1U);
  BOOST_TEST(warnings("sender: [\"@example.com\", Ann@Optout.Example.Com]") == 1U);
  BOOST_TEST(warnings("from: \"u+*@optout.example.com\"") == 1U);
  BOOST_TEST(warnings("sender: [\"@example.com\", \"@*.example.com\", \"<>\"]") == 0U);
  BOOST_TEST(warnings("sender: \"@myoptout.example.com\"") == 0U);
}

BOOST_AUTO_TEST_CASE(OC_05_that_a_signer_follows_is_said_by_somebody_or_there_is_a_warning) {
  const Unsubscribing file;
  const std::string link = "  link: https://optout.example.com/u/\n";
  const auto warned = [&](const std::string& unsubscribe) {
    const Loaded loaded = file.load(unsubscribe, "");
    require_usable(loaded);
    return !loaded.complaints.empty() &&
           loaded.complaints.front().problem.find("needs a signer") != std::string::npos;
  };
  BOOST_TEST(warned(link));
  BOOST_TEST(!warned(link + "  one_click: yes\n"));
  BOOST_TEST(!warned(link + "  one_click: no\n"));
  BOOST_TEST(!warned("  link: \"\"\n"));
  BOOST_TEST(!warned(""));
}

BOOST_AUTO_TEST_CASE(all_of_it_can_change_while_running) {
  const Unsubscribing file;
  const Loaded loaded =
      file.load("  confirm: yes\n",
                "streams: [{ honours: [global, stream, list], list_unsubscribe: add }]\n");
  require_usable(loaded);
  BOOST_TEST(needs_restart(Config{}, loaded.config).empty());
}

BOOST_AUTO_TEST_CASE(everything_set_reads_back_to_itself) {
  const Unsubscribing file;
  const Loaded loaded = file.load(
      "  link: https://optout.example.com:8443/u%20v/\n  one_click: no\n  scope: global\n"
      "  keep_from: no\n  confirm: yes\n  confirm_via: inet6:25@::1\n",
      "streams: [{ list_unsubscribe: replace, bad_token: discard }]\n");
  require_usable(loaded);
  const UnsubscribeOptions& options = loaded.config.unsubscribe;
  BOOST_TEST(!options.one_click);
  BOOST_TEST(!options.keep_from);
  BOOST_TEST(options.confirm);
  BOOST_TEST((options.scope == TokenScope::global));
  BOOST_TEST(options.confirm_via.to_string() == "inet:[::1]:25");
  BOOST_TEST((stream_of(loaded).list_unsubscribe == ListUnsubscribe::replace));
  BOOST_TEST((stream_of(loaded).bad_token == BadToken::discard));
  const std::string text = describe_effective(loaded);
  BOOST_TEST((parse_config(text, "-T").config == loaded.config));
  BOOST_TEST(text.find(kKeys.substr(2, 64)) == std::string::npos);  // keys are never shown
}

BOOST_AUTO_TEST_CASE(T_says_why_the_content_is_seen) {
  const Unsubscribing file;
  const std::string added = describe_effective(
      file.load("  scope: global\n", "streams: [{ honours: [global], list_unsubscribe: add }]\n"));
  BOOST_TEST(added.find("#     opt-outs are decided at RCPT\n"
                        "#     the content is seen in any case: its list_unsubscribe is add\n") !=
             std::string::npos);
  const std::string kept = describe_effective(file.load("", "streams: [{ honours: [global] }]\n"));
  BOOST_TEST(kept.find("in any case") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
