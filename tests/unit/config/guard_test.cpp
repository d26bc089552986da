// What the reader makes of `guard`, and of what streams say about it, beyond the words of its
// complaints (example_files_test.cpp).

#include "config/reader.h"
#include "config/sender_pattern.h"
#include "guard/identity.h"
#include "util/glob.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <chrono>
#include <string>
#include <vector>

using namespace optout;
using namespace std::chrono_literals;
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

GuardOptions guard_of(std::string_view yaml) {
  return load(yaml).config.guard;
}

Texts said_of(std::string_view yaml) {
  Texts out;
  for (const Complaint& complaint : parse_config(yaml, "t").complaints)
    out.push_back(complaint.to_string());
  return out;
}

Texts said_of_limits(std::string_view limits) {
  return said_of(fmt::format("guard:\n  limits:\n{}", limits));
}

// What a sender is kept as, or "" where it is none.
std::string who(std::string_view text) {
  const Parsed<std::string> parsed = sender_identity_type().parse(text);
  const auto* value = std::get_if<std::string>(&parsed);
  return value ? *value : std::string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard)

BOOST_AUTO_TEST_CASE(nothing_is_counted_where_nothing_is_said) {
  const Config config = load("").config;
  BOOST_TEST((config.guard == GuardOptions{}));
  BOOST_TEST(config.guard.limits.empty());
  BOOST_TEST(!config.streams.front().guard.has_value());
}

BOOST_AUTO_TEST_CASE(every_setting_reaches_its_option) {
  const GuardOptions options = guard_of(
      "guard:\n"
      "  mode: monitor\n"
      "  identity: [sender, auth]\n"
      "  limits:\n"
      "    - { recipients: 500 per 1h, then: warn }\n"
      "    - { recipients_per_message: 100 }\n"
      "    - { same_message: 200 per 2h, without: List-Unsubscribe, then: reject }\n"
      "    - { opted_out: 20% of at least 50 per 1d, then: defer }\n"
      "  warn_at: 50%\n"
      "  on_outage: defer\n"
      "  senders:\n"
      "    - { who: \"auth:crm\", limits: [{ recipients: 20000 per 1d, then: hold }] }\n"
      "    - { who: \"sender:*\", limits: off }\n"
      "  notify: postmaster@example.com\n"
      "  notify_via: inet:127.0.0.1:10025\n");
  GuardOptions expected;
  expected.mode = GuardMode::monitor;
  expected.identity = {IdentityKind::sender, IdentityKind::auth};
  expected.limits = {{.kind = LimitKind::recipients, .most = 500, .window = 1h, .then = Step::warn},
                     {.kind = LimitKind::recipients_per_message, .most = 100, .then = Step::hold},
                     {.kind = LimitKind::same_message,
                      .most = 200,
                      .window = 2h,
                      .without_list_unsubscribe = true,
                      .then = Step::reject},
                     {.kind = LimitKind::opted_out,
                      .most = 50,
                      .percent = 20,
                      .window = 24h,
                      .then = Step::defer}};
  expected.warn_at = 50;
  expected.on_outage = GuardOutage::defer;
  expected.senders = {
      {.who = "auth:crm",
       .own = {.off = false,
               .limits = {{.kind = LimitKind::recipients, .most = 20'000, .window = 24h}}}},
      {.who = "sender:*", .own = {.off = true, .limits = {}}}};
  expected.notify = "postmaster@example.com";
  expected.notify_via.port = 10025;
  BOOST_TEST((options == expected));
}

BOOST_AUTO_TEST_CASE(streams_have_the_limits_of_the_sender_or_none_or_their_own) {
  const auto streams =
      load(
          "streams:\n"
          "  - { name: a, when: { auth: a }, guard: off }\n"
          "  - { name: b, when: { auth: b }, guard: [{ recipients: 50000 per 1d }] }\n"
          "  - { name: c, when: { auth: c }, guard: on }\n"
          "  - { name: d }\n")
          .config.streams;
  const Limits own = {{.kind = LimitKind::recipients, .most = 50'000, .window = 24h}};
  BOOST_TEST((streams.at(0).guard == OwnLimits{.off = true, .limits = {}}));
  BOOST_TEST((streams.at(1).guard == OwnLimits{.off = false, .limits = own}));
  BOOST_TEST(!streams.at(2).guard.has_value());
  BOOST_TEST(!streams.at(3).guard.has_value());
}

BOOST_AUTO_TEST_CASE(all_mistakes_are_said_at_once_each_with_its_place) {
  BOOST_TEST(said_of_limits("    - { recipients: 500, then: stop }\n"
                            "    - { recipients: 1 per 1h, opted_out: 5%, per: 1h }\n") ==
                 (Texts{"t:3:21: guard.limits[].recipients: \"500\" has no window (write 500 per "
                        "1h)",
                        "t:3:32: guard.limits[].then: \"stop\" is none of warn, hold, defer, "
                        "reject",
                        "t:4:31: guard.limits[].opted_out: a limit is of one kind, and this one is "
                        "of recipients already (write two limits)",
                        "t:4:46: guard.limits[].per: unknown setting"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(two_limits_of_one_name_are_a_mistake_however_their_window_is_written) {
  BOOST_TEST(said_of_limits("    - { recipients: 100 per 24h }\n"
                            "    - { recipients: 200 per 1d }\n") ==
                 (Texts{"t:4:7: guard.limits[]: recipients/1d is limited already, on line 3"}),
             boost::test_tools::per_element());
  BOOST_TEST(said_of_limits("    - { same_message: 100 per 1h }\n"
                            "    - { same_message: 100 per 1h, without: LIST-UNSUBSCRIBE }\n"
                            "    - { recipients: 100 per 1h }\n")
                 .empty());
}

BOOST_AUTO_TEST_CASE(a_list_has_at_most_sixteen_limits) {
  std::string limits;
  for (int minutes = 1; minutes <= 16; ++minutes)
    limits += fmt::format("    - {{ recipients: {} per {}m }}\n", minutes, minutes);
  BOOST_TEST(said_of_limits(limits).empty());
  BOOST_TEST(said_of_limits(limits + "    - { recipients: 17 per 17m }\n") ==
                 (Texts{"t:19:7: guard.limits[]: more than 16 limits"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_limit_that_a_longer_one_always_comes_before_is_warned_of) {
  const auto warnings = [](std::string_view a, std::string_view b) {
    return said_of_limits(fmt::format("    - {{ {} }}\n    - {{ {} }}\n", a, b)).size();
  };
  BOOST_TEST(warnings("recipients: 500 per 1h", "recipients: 499 per 1d") == 1U);
  BOOST_TEST(warnings("recipients: 499 per 1d", "recipients: 500 per 1h") == 1U);
  BOOST_TEST(warnings("same_message: 500 per 1h", "same_message: 499 per 1d") == 1U);
  BOOST_TEST(warnings("recipients: 500 per 1h", "recipients: 500 per 1d") == 0U);
  BOOST_TEST(warnings("recipients: 500 per 1h", "recipients: 499 per 1d, then: warn") == 0U);
  BOOST_TEST(warnings("recipients: 500 per 1h", "same_message: 499 per 1d") == 0U);
  BOOST_TEST(warnings("opted_out: 20% of at least 50 per 1h",
                      "opted_out: 10% of at least 20 per 1d") == 0U);
}

BOOST_AUTO_TEST_CASE(a_sender_is_kept_as_the_guard_calls_it) {
  BOOST_TEST(who("auth:CRM") == "auth:crm");
  BOOST_TEST(who("AUTH:crm@Example.Com") == "auth:crm@example.com");
  BOOST_TEST(who("client:192.0.2.7") == "client:192.0.2.7");
  BOOST_TEST(who("client:192.0.2.*") == "client:192.0.2.*");
  BOOST_TEST(who("client:2001:DB8:1:2::/64") == "client:2001:db8:1:2::/64");
  BOOST_TEST(who("sender:Bücher.Example.") == "sender:xn--bcher-kva.example");
  BOOST_TEST(who("sender:*.Bücher.Example") == "sender:*.xn--bcher-kva.example");
  BOOST_TEST(who("*") == "*");
  BOOST_TEST(who("*:crm") == "*:crm");
  BOOST_TEST(who("unknown") == "unknown");
}

BOOST_DATA_TEST_CASE(what_matches_no_sender_is_refused,
                     data::make(Texts{"", "crm", "crm*", "user:crm", "auth:", "auth",
                                      "client:192.0.2.0/24", "client:2001:db8::7",
                                      "client:mail.example.com", "sender:ann@example.com",
                                      "sender:@example.com", "sender:Büch*.example"}),
                     text) {
  BOOST_TEST(who(text) == "");
}

BOOST_AUTO_TEST_CASE(a_user_whose_name_the_guard_changes_is_matched_all_the_same) {
  const std::vector<IdentityKind> kinds = {IdentityKind::auth};
  for (const std::string name :
       {"CRM", "Domain\\Ann", "realm/ann", "müller", "ann smith", "100%"}) {
    const std::string identity = identity_of({.auth = name}, kinds);
    BOOST_TEST(glob_matches(who("auth:" + name), identity), name);
    BOOST_TEST(who(identity) == identity);  // pasted
  }
}

BOOST_AUTO_TEST_CASE(a_sender_that_an_earlier_one_takes_is_warned_of_with_both_lines) {
  const std::string yaml =
      "guard:\n  senders:\n    - {{ who: \"{}\", limits: off }}\n"
      "    - {{ who: \"{}\", limits: off }}\n";
  const auto said = [&](std::string_view a, std::string_view b) {
    return said_of(fmt::format(fmt::runtime(yaml), a, b));
  };
  BOOST_TEST(
      said("auth:*", "auth:crm") ==
          (Texts{"t:4:14: guard.senders[].who: warning: \"auth:crm\" on line 4 never counts: "
                 "it is \"auth:*\" on line 3 that does"}),
      boost::test_tools::per_element());
  BOOST_TEST(said("auth:crm", "auth:CRM").size() == 1U);
  BOOST_TEST(said("auth:crm", "auth:*").empty());
  BOOST_TEST(said("auth:a*", "client:*").empty());
}

BOOST_AUTO_TEST_CASE(senders_that_the_identity_never_gives_are_warned_of) {
  const auto said = [](std::string_view identity, std::string_view sender) {
    return said_of(
               fmt::format("guard: {{ identity: {}, senders: [{{ who: \"{}\", limits: off }}] }}\n",
                           identity, sender))
        .size();
  };
  BOOST_TEST(said("client", "auth:crm") == 1U);
  BOOST_TEST(said("auth", "sender:example.com") == 1U);
  BOOST_TEST(said("auth", "client:192.0.2.7") == 0U);  // who else sends without a login
  BOOST_TEST(said("auth", "unknown") == 0U);
  BOOST_TEST(said("client", "*:crm") == 0U);
}

BOOST_AUTO_TEST_CASE(limits_of_a_guard_that_is_off_are_warned_of_but_off_is_not) {
  const std::string off = "guard: { mode: off";
  BOOST_TEST(said_of(off + " }\n").empty());
  BOOST_TEST(said_of(off + ", limits: [] }\nstreams: [{ guard: off }]\n").empty());
  BOOST_TEST(said_of(off + ", limits: [{ recipients: 1 per 1h }] }\n").size() == 1U);
  BOOST_TEST(said_of(off + " }\nstreams: [{ guard: [{ recipients: 1 per 1h }] }]\n") ==
                 (Texts{"t:2:20: streams[].guard: warning: has no effect while guard.mode is off"}),
             boost::test_tools::per_element());
}

BOOST_DATA_TEST_CASE(who_is_mailed_is_one_plain_address,
                     data::make(Texts{"<ann@example.com>", "Ann <ann@example.com>", "ann", "@x",
                                      "ann@example.com,bob@example.com", "postmaster",
                                      "ann@example.com bob@example.com", "änn@example.com"}),
                     text) {
  const Texts said = said_of(fmt::format("guard: {{ notify: {} }}\n", yaml_scalar(text)));
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said.front().find("is not one plain address") != std::string::npos, said.front());
}

BOOST_AUTO_TEST_CASE(a_guard_that_is_one_word_is_told_where_the_word_belongs) {
  BOOST_TEST(
      said_of("guard: off\n") ==
          (Texts{"t:1:8: guard: settings are expected here, indented by two spaces (to count "
                 "nothing, write mode: off among them)"}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(all_of_it_can_change_while_running) {
  const Config next =
      load(
          "guard: { mode: monitor, limits: [{ recipients: 1 per 1h }], notify: ann@example.com }\n"
          "streams: [{ guard: off }]\n")
          .config;
  BOOST_TEST(needs_restart(Config{}, next).empty());
}

// Whatever senders and limits there are, in whatever order.
BOOST_AUTO_TEST_CASE(any_guard_reads_back_to_itself) {
  const auto any_limits = [] {
    const auto at_random = [](int most) { return *rc::gen::inRange(1, most); };
    const auto then = [] {
      return *rc::gen::element<std::string>("warn", "hold", "defer", "reject");
    };
    std::string limits;
    for (int minutes : *rc::gen::unique<std::vector<int>>(3, rc::gen::inRange(1, 44'640))) {
      limits += (limits.empty() ? "" : ", ") +
                *rc::gen::element(
                    fmt::format("{{ recipients: {} per {}m", at_random(10'000'000), minutes),
                    fmt::format("{{ same_message: {} per {}m", at_random(1'000), minutes),
                    fmt::format("{{ same_message: {} per {}m, without: List-Unsubscribe",
                                at_random(1'000), minutes),
                    fmt::format("{{ opted_out: {}% of at least {} per {}m", at_random(100),
                                at_random(10'000'000), minutes)) +
                fmt::format(", then: {} }}", then());
    }
    return fmt::format("[{}, {{ recipients_per_message: {}, then: {} }}]", limits,
                       at_random(10'000'000), then());
  };
  const auto printable =
      rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7F')));
  BOOST_TEST(rc::check("of everybody, of a sender, of a stream", [&] {
    const std::string yaml = fmt::format(
        "guard:\n  limits: {}\n  senders: [{{ who: {}, limits: {} }}, {{ who: \"a*\", limits: off "
        "}}]\n"
        "  warn_at: {}%\nstreams: [{{ guard: {} }}]\n",
        any_limits(), yaml_scalar("auth:" + *printable), any_limits(), *rc::gen::inRange(1, 101),
        any_limits());
    const Loaded loaded = parse_config(yaml, "property.yaml");
    RC_ASSERT(loaded.usable());
    RC_ASSERT(parse_config(describe_effective(loaded), "-T").config == loaded.config);
  }));
}

BOOST_AUTO_TEST_CASE(T_shows_each_limit_with_the_line_it_came_from) {
  const std::string text =
      describe_effective(load("guard:\n"
                              "  limits:\n"
                              "    - recipients: 500/1h\n"
                              "      then: reject\n"
                              "    - { recipients_per_message: 100 }\n"
                              "  senders:\n"
                              "    - who: auth:crm\n"
                              "      limits: off\n"));
  const auto origin_of = [&](std::string_view line) {
    const auto start = text.find("\n" + std::string(line) + " ");
    if (start == std::string::npos) return fmt::format("no line {}", line);
    const auto comment = text.find("# ", start);
    return text.substr(comment, text.find('\n', comment) - comment);
  };
  BOOST_TEST(origin_of("guard:\n  mode: enforce") == "# default");
  BOOST_TEST(origin_of("  limits:\n    - {recipients: 500 per 1h, then: reject}") ==
             "# test.yaml:3");
  BOOST_TEST(origin_of("    - {recipients_per_message: 100, then: hold}") == "# test.yaml:5");
  BOOST_TEST(origin_of("  senders:\n    - who: auth:crm") == "# test.yaml:7");
  BOOST_TEST(origin_of("      limits: off") == "# test.yaml:8");
  BOOST_TEST(origin_of("    guard: on") == "# default");
}

BOOST_AUTO_TEST_SUITE_END()
