// -T: the configuration in effect, as YAML that says the same again.

#include "config/reader.h"
#include "scratch.h"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <string>
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
