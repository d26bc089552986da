// -T: the configuration in effect, as YAML that says the same again.

#include "config/reader.h"
#include "scratch.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace optout;

namespace {

Loaded read_back(const Loaded& loaded) {
  return parse_config(describe_effective(loaded), "-T");
}

std::string line_of(const Loaded& loaded, const std::string& what) {
  const std::string text = describe_effective(loaded);
  const auto at = text.find(what);
  if (at == std::string::npos) return "no line with " + what;
  const auto start = text.rfind('\n', at) + 1;
  return text.substr(start, text.find('\n', at) - start);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(describe)

BOOST_AUTO_TEST_CASE(the_defaults_read_back_to_the_defaults) {
  const Loaded again = read_back(parse_config("", "empty.yaml"));
  for (const Complaint& complaint : again.complaints)
    BOOST_ERROR(complaint.to_string());
  BOOST_TEST((again.config == Config{}));
}

BOOST_AUTO_TEST_CASE(a_full_configuration_reads_back_to_itself) {
  const Scratch scratch;
  const std::string keys = scratch.write("address.keys", "7:" + std::string(64, 'a') + "\n");
  const Loaded loaded = parse_config(
      "listen: inet6:8895@::1\n"
      "mode: monitor\n"
      "redis:\n"
      "  url: \"unix://m%40il%3A@/run/re%3Fdis%25.sock?db=4\"\n"
      "  prefix: \"#'quoted'\\\"\\\\:\"\n"
      "  timeout: 1500ms\n"
      "  on_outage: accept\n"
      "addresses: { store: digest, plus_tags: also_base, digest_keys: \"" +
          keys +
          "\" }\n"
          "our_domains: [example.com, \"xn--bcher-kva.example\"]\n"
          "streams:\n"
          "  - honours: [\"key: # not a comment\", \"key:null\", \"list:a+b\", global]\n"
          "    on_opted_out: strip\n"
          "    on_mixed: reject\n"
          "    on_outage: defer\n"
          "    reply: \"null\"\n"
          "log: { destination: stderr, addresses: none }\n",
      "full.yaml");
  BOOST_REQUIRE_MESSAGE(loaded.usable(), loaded.complaints.front().to_string());
  const Loaded again = read_back(loaded);
  BOOST_REQUIRE_MESSAGE(again.usable(), again.complaints.front().to_string());
  BOOST_TEST((again.config == loaded.config));
  BOOST_TEST(loaded.config.redis.user == "m@il:");
  BOOST_TEST(loaded.config.redis.address.path == "/run/re?dis%.sock");
}

BOOST_AUTO_TEST_CASE(any_name_of_a_foreign_set_reads_back_to_itself) {
  BOOST_TEST(rc::check("key:<anything printable>", [] {
    const auto letters = *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7F'));
    const std::string set = "key:x" + letters;
    const Loaded loaded =
        parse_config("streams: [{ honours: [" + yaml_scalar(set) + "] }]\n", "property.yaml");
    RC_ASSERT(loaded.usable());
    RC_ASSERT(loaded.config.streams.front().honours == std::vector<std::string>{set});
    RC_ASSERT(read_back(loaded).config == loaded.config);
  }));
}

// Whatever text a condition can have, in whatever order streams and conditions come.
BOOST_AUTO_TEST_CASE(any_streams_with_conditions_read_back_to_themselves) {
  const auto printable =
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>('!', '\x7F')));
  const auto network = rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 256), rc::gen::inRange(0, 129),
                     rc::gen::arbitrary<bool>()),
      [](const std::tuple<int, int, bool>& parts) {
        const auto& [octet, bits, v6] = parts;
        IpNetwork any{.address = *parse_ip_address(v6 ? fmt::format("2001:db8::{:x}", octet)
                                                      : fmt::format("192.0.2.{}", octet)),
                      .bits = static_cast<unsigned>(v6 ? bits : 96 + bits % 33)};
        any.address = masked(any.address, any.bits);
        return any.to_string();
      });
  // Three of any, quoted, and none twice.
  const auto list_of = [](const auto& any) {
    const std::set<std::string> texts = {*any, *any, *any};
    std::string out;
    std::set<std::string> seen;
    for (const std::string& text : texts) {
      std::string lower = text;
      for (char& c : lower)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      if (seen.insert(lower).second) out += (out.empty() ? "" : ", ") + yaml_scalar(text);
    }
    return "[" + out + "]";
  };
  BOOST_TEST(rc::check("two streams with everything", [&] {
    std::string yaml = "streams:\n";
    for (const std::string name : {"one", "two"}) {
      const auto field = *rc::gen::suchThat(
          printable, [](const std::string& text) { return text.find(':') == std::string::npos; });
      yaml += "  - name: " + name + "\n    when:\n";
      yaml += "      listener: " + list_of(printable) + "\n";
      yaml += "      header: { " + yaml_scalar(field) + ": " + list_of(printable) +
              ", List-Id: \"*\" }\n";
      yaml += "      client: " + list_of(network) + "\n";
      yaml += "      sender: [\"*" + *rc::gen::element<std::string>("", "@x.example", ".Example") +
              "\", \"<>\"]\n";
      yaml += "    on_opted_out: " +
              *rc::gen::element<std::string>("reject", "strip", "hold", "accept-and-tag") + "\n";
      yaml += "    mode: " + *rc::gen::element<std::string>("enforce", "monitor") + "\n";
    }
    const Loaded loaded = parse_config(yaml, "property.yaml");
    RC_ASSERT(loaded.usable());
    RC_ASSERT(loaded.config.streams.size() == 3U);
    RC_ASSERT(read_back(loaded).config == loaded.config);
  }));
}

BOOST_AUTO_TEST_CASE(what_has_no_effect_or_is_not_there_is_not_printed) {
  const Loaded loaded = parse_config("streams: [{ on_opted_out: strip }]\n", "strip.yaml");
  BOOST_TEST(line_of(loaded, "on_mixed").starts_with("no line"));
  BOOST_TEST(line_of(loaded, "when").starts_with("no line"));
  BOOST_TEST(read_back(loaded).complaints.empty());
}

BOOST_AUTO_TEST_CASE(streams_are_printed_as_a_list_with_what_is_nested_in_them) {
  const std::string text = describe_effective(
      parse_config("streams: [{ name: a, when: { auth: x, header: { X-Kind: y } } }]\n", "t.yaml"));
  const auto has = [&](std::string_view line) {
    return text.find("\n" + std::string(line)) != std::string::npos;
  };
  BOOST_TEST(has("streams:\n  - name: a "));
  BOOST_TEST(has("    when:\n      auth: [x] "));
  BOOST_TEST(has("      header: {x-kind: [y]} "));
  BOOST_TEST(has("    tenant: \"\" "));
  BOOST_TEST(has("  - name: default "));
}

BOOST_AUTO_TEST_CASE(when_mail_is_decided_is_not_said_of_too_many_streams_and_that_is) {
  std::string streams = "streams:\n";
  for (int i = 0; i < 500; ++i)
    streams +=
        "  - { name: s" + std::to_string(i) + ", when: { auth: x" + std::to_string(i) + " } }\n";
  const std::string said = describe_effective(parse_config(streams, "many.yaml"));
  const std::string few = describe_effective(parse_config("", "none.yaml"));
  const std::string words = "#   of more than 500 streams this is not said";
  BOOST_TEST(said.find(words) != std::string::npos);
  BOOST_TEST(few.find(words) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(each_setting_says_where_it_came_from) {
  const Scratch scratch;
  const std::string file =
      scratch.write("main.yaml", "redis:\n  timeout: 1s\n  on_outage: accept\n");
  const std::string late = scratch.write("conf.d/10-late.yaml", "log: { destination: stderr }\n");
  const Loaded loaded = load_config(file);
  BOOST_TEST(line_of(loaded, "  timeout: 1s").ends_with("# " + file + ":2"));
  BOOST_TEST(line_of(loaded, "  destination: stderr").ends_with("# " + late + ":1"));
  BOOST_TEST(line_of(loaded, "mode: enforce").ends_with("# default"));
  BOOST_TEST(line_of(loaded, "    on_outage: accept").ends_with("# " + file + ":3"));  // inherited
  BOOST_TEST(line_of(loaded, "    mode: enforce").ends_with("# default"));
  const Loaded trial = parse_config("mode: monitor\n", "trial.yaml");
  BOOST_TEST(line_of(trial, "    mode: monitor").ends_with("# trial.yaml:1"));  // the same
}

BOOST_AUTO_TEST_CASE(a_password_in_the_url_is_in_effect_but_never_shown) {
  const Loaded loaded =
      parse_config("redis: { url: \"redis://optout:hunter2@127.0.0.1/2\" }\n", "secret.yaml");
  BOOST_TEST(loaded.usable());
  BOOST_TEST(loaded.config.redis.password == "hunter2");
  BOOST_TEST(describe_effective(loaded).find("hunter2") == std::string::npos);
  BOOST_TEST(describe_effective(loaded).find("redis://optout:***@127.0.0.1:6379/2") !=
             std::string::npos);
  for (const Complaint& complaint : loaded.complaints) {
    BOOST_TEST(complaint.to_string().find("hunter2") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
