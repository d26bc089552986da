// What the reader makes of `streams`, beyond the words of its complaints (example_files_test.cpp).

#include "config/honours.h"
#include "config/patterns.h"
#include "config/reader.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

using namespace optout;
namespace data = boost::unit_test::data;

namespace {

using Texts = std::vector<std::string>;

Loaded load(std::string_view yaml) {
  Loaded loaded = parse_config(yaml, "test.yaml");
  for (const Complaint& complaint : loaded.complaints) {
    if (!complaint.is_warning) BOOST_ERROR(complaint.to_string());
  }
  return loaded;
}

std::vector<Stream> streams_of(std::string_view yaml) {
  return load(yaml).config.streams;
}

Texts names_of(const std::vector<Stream>& streams) {
  Texts names;
  for (const Stream& stream : streams)
    names.push_back(stream.name);
  return names;
}

Texts warnings_of(std::string_view yaml) {
  Texts out;
  for (const Complaint& complaint : load(yaml).complaints)
    out.push_back(complaint.to_string());
  return out;
}

// What a pattern is kept as, or "" where it is none.
std::string kept(const Type<std::string>& type, std::string_view text) {
  const Parsed<std::string> parsed = type.parse(text);
  const auto* pattern = std::get_if<std::string>(&parsed);
  return pattern ? *pattern : std::string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(streams)

BOOST_AUTO_TEST_CASE(the_default_stream_is_appended_where_no_stream_takes_all_mail) {
  const auto streams = streams_of("streams: [{ name: a, when: { auth: x }, honours: [block] }]\n");
  BOOST_TEST(names_of(streams) == (Texts{"a", "default"}), boost::test_tools::per_element());
  BOOST_TEST((streams.back() == Stream{}));
}

BOOST_AUTO_TEST_CASE(LI_03_a_list_is_named_as_its_mail_names_it) {
  const auto list = [](const std::string& id) { return kept(honours_type(), "list:" + id); };
  BOOST_TEST(list("News.Example.COM") == "list:news.example.com");
  BOOST_TEST(list("caf\u00E9.example") == "list:caf\u00E9.example");
  for (const char* none : {"two words", "<news.example>", "caf\xE9.example",
                           "a\x7F"
                           "b",
                           ""})
    BOOST_TEST(list(none) == "", none);
  const auto streams =
      streams_of("streams: [{ name: a, honours: [global, \"list:caf\u00E9.example\"] }]\n");
  BOOST_TEST(streams[0].honours == (Texts{"global", "list:caf\u00E9.example"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stream_without_conditions_takes_the_place_of_the_default_one) {
  const auto streams =
      streams_of("streams: [{ name: a, when: { auth: x } }, { name: rest, honours: [block] }]\n");
  BOOST_TEST(names_of(streams) == (Texts{"a", "rest"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_stream_has_its_own_mode_or_that_of_the_file) {
  const auto live = streams_of(
      "mode: monitor\nstreams: [{ name: a, mode: enforce, when: { auth: x } }, { name: b }]\n");
  BOOST_TEST((live[0].mode == Mode::enforce));
  BOOST_TEST((live[1].mode == Mode::monitor));
  const auto trial = streams_of("streams: [{ name: a, mode: monitor, when: { auth: x } }]\n");
  BOOST_TEST((trial[0].mode == Mode::monitor));
  BOOST_TEST((trial[1].mode == Mode::enforce));
}

BOOST_AUTO_TEST_CASE(the_stream_that_is_appended_inherits_what_others_inherit) {
  const auto streams = streams_of(
      "mode: monitor\nredis: { on_outage: accept }\n"
      "streams: [{ name: a, when: { auth: x } }]\n");
  BOOST_TEST((streams.back().mode == Mode::monitor));
  BOOST_TEST((streams.back().on_outage == OnOutage::accept));
}

BOOST_AUTO_TEST_CASE(one_value_may_stand_for_a_list_of_one) {
  const auto alone = streams_of(
      "streams: [{ name: a, when: { sender: a@b.example, header: { X-A: b } }, "
      "recipients_only: c@d.example }]\n");
  const auto listed = streams_of(
      "streams: [{ name: a, when: { sender: [a@b.example], header: { X-A: [b] } }, "
      "recipients_only: [c@d.example] }]\n");
  BOOST_TEST((alone == listed));
}

BOOST_DATA_TEST_CASE(address_patterns_are_kept_as_lookup_keys_are_spelled,
                     data::make(std::vector<std::tuple<std::string, std::string>>{
                         {"ann@example.com", "ann@example.com"},
                         {"<Ann@Example.COM>", "ann@example.com"},
                         {"\"ann\"@example.com", "ann@example.com"},
                         {"ann@Bücher.example", "ann@xn--bcher-kva.example"},
                         {"@Example.COM", "*@example.com"},
                         {"@Bücher.example", "*@xn--bcher-kva.example"},
                         {"*@*.Bücher.example", "*@*.xn--bcher-kva.example"},
                         {"@*.example.com", "*@*.example.com"},
                         {"Ärger-*@example.com", "ärger-*@example.com"},
                         {"ann@*", "ann@*"},
                         {"ann@mail?.Example.com", "ann@mail?.example.com"},
                         {"*", "*"},
                         {"*.Example.com", "*.example.com"}}),
                     written, pattern) {
  BOOST_TEST(kept(address_pattern_type(), written) == pattern);
  BOOST_TEST(kept(sender_pattern_type(), written) == pattern);
  BOOST_TEST(kept(address_pattern_type(), pattern) == pattern);
}

BOOST_DATA_TEST_CASE(what_is_no_address_pattern_is_refused,
                     data::make(Texts{"", "@", "ann", "example.com", "ann@", "@@", "*@",
                                      "ann@exa mple.com", "*@exa mple.com", "*@Bücher.*",
                                      "*@" + std::string(254, 'a'), "postmaster", "*\xFF"}),
                     text) {
  BOOST_TEST(kept(sender_pattern_type(), text) == "");
}

BOOST_AUTO_TEST_CASE(a_pattern_that_grows_too_long_in_its_one_spelling_is_refused) {
  const std::string label(62, 'a');
  const std::string domain = fmt::format("{0}.{0}.{0}.{0}", label);  // 251 octets
  BOOST_TEST(kept(address_pattern_type(), "@" + domain) == "*@" + domain);
  BOOST_TEST(kept(address_pattern_type(), "@bb." + domain) == "");
}

BOOST_AUTO_TEST_CASE(only_the_envelope_has_a_null_sender) {
  BOOST_TEST(kept(sender_pattern_type(), "<>") == "<>");
  BOOST_TEST(kept(address_pattern_type(), "<>") == "");
}

BOOST_AUTO_TEST_CASE(texts_are_lowered_and_trimmed) {
  BOOST_TEST(kept(text_pattern_type(), "  Shop-* ") == "shop-*");
  BOOST_TEST(kept(text_pattern_type(), " ") == "");
  BOOST_TEST(kept(text_pattern_type(), std::string(kLongestPattern, 'a')).size() ==
             kLongestPattern);
  BOOST_TEST(kept(text_pattern_type(), std::string(kLongestPattern + 1, 'a')) == "");
}

// LI-03: nothing outside of the angle brackets counts, nor does case.
BOOST_AUTO_TEST_CASE(a_list_is_named_by_its_identifier) {
  BOOST_TEST(kept(list_id_pattern_type(), "News.Example.com") == "news.example.com");
  BOOST_TEST(kept(list_id_pattern_type(), "<News.Example.com>") == "news.example.com");
  BOOST_TEST(kept(list_id_pattern_type(), "*.Example.com") == "*.example.com");
  for (const std::string text :
       {"News <news.example.com>", "news example", "<a>, <b>", "<>", "a@b"})
    BOOST_TEST(kept(list_id_pattern_type(), text) == "", text);
}

BOOST_AUTO_TEST_CASE(networks_are_kept_in_one_spelling) {
  BOOST_TEST(kept(network_type(), "192.0.2.0/24") == "192.0.2.0/24");
  BOOST_TEST(kept(network_type(), "192.0.2.1/32") == "192.0.2.1");
  BOOST_TEST(kept(network_type(), "[2001:DB8::1]") == "2001:db8::1");
  BOOST_TEST(kept(network_type(), "::ffff:192.0.2.1") == "192.0.2.1");
  for (const std::string text : {"192.0.2.1/24", "192.0.2.0/33", "192.0.2.*", "localhost", "192.0"})
    BOOST_TEST(kept(network_type(), text) == "", text);
}

BOOST_AUTO_TEST_CASE(the_order_that_is_recommended_gets_no_warning) {
  BOOST_TEST(warnings_of("streams:\n"
                         "  - name: receipts\n"
                         "    when: { auth: [shop], sender: [\"*@receipts.example.com\"] }\n"
                         "    honours: [bounce, block]\n"
                         "  - name: newsletters\n"
                         "    when: { header: { List-Id: \"*.news.example.com\" } }\n"
                         "    honours: [global, stream, list, complaint, bounce, block]\n"
                         "    on_opted_out: strip\n"
                         "  - name: default\n"
                         "    honours: [global, list, complaint, bounce, block]\n")
                 .empty());
}

BOOST_AUTO_TEST_CASE(the_built_in_stream_is_not_complained_of_where_nothing_is_left_for_it) {
  BOOST_TEST(warnings_of("streams: [{ name: a, when: { sender: \"*\" } }]\n").empty());
}

BOOST_AUTO_TEST_CASE(nothing_is_said_of_the_order_of_streams_that_are_not_understood) {
  const Loaded loaded = parse_config(
      "streams: [{ name: a, when: { sender: [b, a@b.example] } }, { name: c, when: { sender: "
      "a@b.example } }]\n",
      "t.yaml");
  BOOST_TEST(!loaded.usable());
  BOOST_TEST(loaded.complaints.size() == 1U);
}

BOOST_AUTO_TEST_CASE(as_many_streams_as_there_may_be_read_back_to_themselves) {
  std::string yaml = "streams:\n";
  for (int i = 0; i < 4095; ++i)
    yaml += fmt::format(
        "  - {{ name: s{0}, when: {{ sender: [\"@a{0}.example\"], auth: [u{0}] }} }}\n", i);
  const Loaded loaded = load(yaml);
  BOOST_TEST(loaded.complaints.empty());
  BOOST_TEST(loaded.config.streams.size() == 4096U);
  BOOST_TEST((load(describe_effective(loaded)).config == loaded.config));
  BOOST_TEST(load(yaml + "  - name: rest\n").config.streams.size() == 4096U);
  const std::string another = "  - { name: another, when: { auth: x } }\n";
  BOOST_TEST(!parse_config(yaml + another, "t.yaml").usable());
  BOOST_TEST(!parse_config(yaml + another + "  - name: rest\n", "t.yaml").usable());
}

BOOST_AUTO_TEST_SUITE_END()
