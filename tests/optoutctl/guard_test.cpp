// optoutctl guard list, show, release and allow

#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>

using namespace optout::test;

namespace {

const std::string kLimits =
    "guard:\n"
    "  limits:\n"
    "    - { recipients: 500 per 1h, then: hold }\n"
    "    - { same_message: 200 per 1h, then: reject }\n"
    "    - { opted_out: 20% of at least 50 per 1h, then: hold }\n"
    "streams:\n"
    "  - { name: offers, when: { auth: offers }, guard: [ { recipients: 5000 per 1d, then: hold } "
    "] }\n"
    "  - name: default\n";

// An administrator, and what the milter leaves in Redis.
struct GuardedAdmin : ReadyAdmin {
  GuardedAdmin() { configure(redis().url_unix(), kLimits); }

  std::uint64_t now() {
    const std::string time = redis().cli({"TIME"});
    return std::stoull(time.substr(0, time.find('\n'))) * 1000;
  }
  // A field of the state of `sender` that ends in so many milliseconds.
  void note(const std::string& sender, const std::string& field, std::int64_t ends,
            const std::string& record) {
    const std::string until = std::to_string(static_cast<std::int64_t>(now()) + ends);
    const std::string key = "optout:guard:state:" + sender;
    redis().cli({"HSET", key, field, "until=" + until + " " + record});
    if (ends > 0) redis().cli({"PEXPIREAT", key, until});
    redis().cli({"ZADD", "optout:guard:senders", until, sender});
  }
  void trip(const std::string& sender, std::int64_t ends = 3'000'000) {
    note(sender, "trip:recipients/1h", ends,
         "since=2026-11-22T09:50:00Z step=hold count=501 limit=500%20per%201h relay=mx1 "
         "message=4XyZ");
  }
  // A message that has passed a limit of its own.
  void trip_of_message(const std::string& sender, const std::string& message) {
    const std::string until = std::to_string(now() + 3'000'000);
    redis().cli({"HSET", "optout:guard:message:" + sender + ":" + message,
                 "trip:same_message/1h/" + message, "until=" + until + " step=reject count=201"});
    redis().cli({"ZADD", "optout:guard:messages:" + sender, until, message});
    redis().cli(
        {"ZADD", "optout:guard:count:" + sender + ":same_message/1h/" + message, "1", "AAAAAAAA"});
    redis().cli({"ZADD", "optout:guard:senders", until, sender});
  }
  bool has_key(const std::string& name) { return redis().cli({"EXISTS", name}) == "1"; }
  std::string last_event() {
    return redis().cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"});
  }
  std::string everything() {
    std::string all;
    for (const std::string pattern : {"optout:guard:*"})
      all += redis().cli({"KEYS", pattern});
    return all;
  }
};

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard)

BOOST_AUTO_TEST_CASE(nobody_held_up_is_no_failure_but_is_said) {
  GuardedAdmin admin;
  const Finished done = admin({"guard", "list"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(done.out == "");
  BOOST_TEST(has(done.err, "nobody is held up"), done.err);
  BOOST_TEST(admin({"guard", "list", "-o", "json"}).out == "[]\n");
}

BOOST_AUTO_TEST_CASE(who_is_held_up_is_listed_and_who_is_allowed_more) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  admin.note("auth:crm", "allow", 3'000'000,
             "from=1 most=20000 since=2026-11-22T09:51:00Z by=root reason=fair");
  admin.note("client:192.0.2.7", "trip:opted_out/1h", 3'000'000,
             "since=2026-11-22T09:50:00Z step=hold mode=monitor count=20 of=60 limit=x");
  admin.redis().cli({"LPUSH", "optout:guard:passed:auth:crm", "mx1/4Xa"});
  const auto rows = admin.json({"guard", "list"});
  BOOST_REQUIRE_EQUAL(rows.size(), 3u);
  BOOST_TEST(rows[0].at("sender") == "auth:crm");
  BOOST_TEST(rows[0].at("what") == "tripped");
  BOOST_TEST(rows[0].at("limit") == "recipients/1h");
  BOOST_TEST(rows[0].at("amount") == "500 per 1h");
  BOOST_TEST(rows[0].at("step") == "hold");
  BOOST_TEST(rows[0].at("count") == "501");
  BOOST_TEST(rows[0].at("passed") == "1");
  BOOST_TEST(rows[0].at("since") == "2026-11-22T09:50:00Z");
  BOOST_TEST(rows[0].at("relay") == "mx1");
  BOOST_TEST(rows[1].at("what") == "allowed");
  BOOST_TEST(rows[1].at("amount") == "20000");
  BOOST_TEST(rows[1].at("by") == "root");
  BOOST_TEST(rows[2].at("what") == "monitored");
  BOOST_TEST(rows[2].at("of") == "60");
}

BOOST_AUTO_TEST_CASE(what_has_ended_is_not_listed_and_is_cleared_away) {
  GuardedAdmin admin;
  admin.trip("auth:old", -1000);
  admin.trip("auth:crm");
  const auto rows = admin.json({"guard", "list"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("sender") == "auth:crm");
  BOOST_TEST(admin.redis().cli({"ZCARD", "optout:guard:senders"}) == "1");
}

BOOST_AUTO_TEST_CASE(names_of_senders_cannot_play_tricks_with_a_terminal) {
  GuardedAdmin admin;
  admin.trip("auth:\x1b[2J");
  const Finished done = admin({"guard", "list"});
  BOOST_TEST(has(done.out, R"(\x1b[2J)"), done.out);
  BOOST_TEST(!has(done.out, "\x1b"));
}

BOOST_AUTO_TEST_CASE(without_redis_nobody_can_tell) {
  const Admin admin = Admin::at("redis://127.0.0.1:1", kLimits);
  for (const Words& words : {Words{"guard", "list"},
                             {"guard", "show", "crm"},
                             {"guard", "release", "crm"},
                             {"guard", "allow", "crm", "5", "for", "2h"},
                             {"guard", "allow", "crm", "0"}}) {
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == 69, done.err);
    BOOST_TEST(done.out == "");
  }
}

BOOST_AUTO_TEST_CASE(a_redis_that_was_flushed_does_not_look_like_a_quiet_day) {
  GuardedAdmin admin;
  admin.redis().cli({"FLUSHALL"});
  BOOST_TEST(admin({"guard", "list"}).exit_status == 78);
  BOOST_TEST(admin({"guard", "release", "crm"}).exit_status == 78);
}

BOOST_AUTO_TEST_CASE(a_sender_is_shown_with_counts_and_what_was_let_through) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  admin.note("auth:crm", "warn:same_message/1h", 3'000'000, "");
  const std::string stamp = std::to_string(admin.now() * 1000);
  admin.redis().cli(
      {"ZADD", "optout:guard:count:auth:crm:recipients/1h", stamp, "AAAAAAAA", stamp, "BBBBBBBB"});
  for (const std::string id : {"4Xa", "4Xb"})
    admin.redis().cli({"LPUSH", "optout:guard:passed:auth:crm", "mx1/" + id});
  const auto rows = admin.json({"guard", "show", "CRM"});
  std::string facts;
  for (const auto& row : rows) {
    facts += row.at("what").get<std::string>();
    for (const std::string column : {"limit", "count", "message"})
      if (row.at(column).is_string()) facts += " " + row.at(column).get<std::string>();
    facts += ";";
  }
  BOOST_TEST(facts ==
             "tripped recipients/1h 501 4XyZ;warned same_message/1h;counted recipients/1h 2;"
             "passed 4Xb;passed 4Xa;");
}

BOOST_AUTO_TEST_CASE(of_whom_nothing_is_known_it_is_said_with_who_may_be_meant) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  const Finished done = admin({"guard", "show", "cmr"});
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(done.out == "");
  BOOST_TEST(has(done.err, "auth:cmr: nothing is known of this sender (did you mean auth:crm?)"),
             done.err);
}

BOOST_AUTO_TEST_CASE(release_ends_trips_and_counts_anew_and_keeps_an_allowance) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  admin.note("auth:crm", "allow", 600'000, "from=1 most=20000 by=root");
  admin.redis().cli({"ZADD", "optout:guard:count:auth:crm:recipients/1h", "1", "AAAAAAAA"});
  admin.redis().cli({"ZADD", "optout:guard:count:auth:hr:recipients/1h", "1", "AAAAAAAA"});
  const Finished done = admin({"guard", "release", "crm", "--reason", "was meant", "--by", "ann"});
  BOOST_TEST(done.exit_status == 0, done.err);
  BOOST_TEST(has(done.out, "auth:crm"), done.out);
  BOOST_TEST(has(done.err, "postsuper -H"), done.err);
  BOOST_TEST(has(done.err, "sendmail -q"), done.err);
  BOOST_TEST(admin.redis().cli({"HKEYS", "optout:guard:state:auth:crm"}) == "allow");
  BOOST_TEST(!admin.has_key("optout:guard:count:auth:crm:recipients/1h"));
  BOOST_TEST(admin.has_key("optout:guard:count:auth:hr:recipients/1h"));
  const std::int64_t left = std::stoll(admin.redis().cli({"PTTL", "optout:guard:state:auth:crm"}));
  BOOST_TEST(left > 0);
  const std::string event = admin.last_event();
  for (const std::string words : {"action\nrelease", "sender\nauth:crm", "by\nann",
                                  "because\nwas meant", "record\ntrip=recipients/1h"})
    BOOST_TEST(has(event, words), event);
}

BOOST_AUTO_TEST_CASE(release_ends_the_trips_of_single_messages_and_forgets_what_they_counted) {
  GuardedAdmin admin;
  admin.trip_of_message("auth:crm", "00000000000000aa");
  admin.trip_of_message("auth:crm", "00000000000000bb");
  admin.trip_of_message("auth:hr", "00000000000000aa");
  const auto rows = admin.json({"guard", "list"});
  BOOST_REQUIRE_EQUAL(rows.size(), 3u);
  BOOST_TEST(rows[0].at("limit") == "same_message/1h/00000000000000aa");
  BOOST_TEST(rows[0].at("what") == "tripped");
  BOOST_TEST(admin.json({"guard", "show", "crm"}).size() == 2u);
  const auto released = admin.json({"guard", "release", "crm"});
  BOOST_REQUIRE_EQUAL(released.size(), 2u);
  BOOST_TEST(released[1].at("limit") == "same_message/1h/00000000000000bb");
  for (const std::string message : {"00000000000000aa", "00000000000000bb"}) {
    BOOST_TEST(!admin.has_key("optout:guard:message:auth:crm:" + message));
    BOOST_TEST(!admin.has_key("optout:guard:count:auth:crm:same_message/1h/" + message));
  }
  BOOST_TEST(!admin.has_key("optout:guard:messages:auth:crm"));
  BOOST_TEST(admin.has_key("optout:guard:count:auth:hr:same_message/1h/00000000000000aa"));
  BOOST_TEST(admin({"guard", "allow", "hr", "5", "for", "1h"}).exit_status == 0);
  BOOST_TEST(!admin.has_key("optout:guard:count:auth:hr:same_message/1h/00000000000000aa"));
}

BOOST_AUTO_TEST_CASE(of_very_many_messages_some_are_listed_and_all_are_released) {
  GuardedAdmin admin;
  for (int i = 0; i < 25; ++i)
    admin.trip_of_message("auth:crm", "00000000000000" + std::to_string(10 + i));
  for (const Words& words : {Words{"guard", "list", "-o", "json"},
                             {"guard", "show", "crm", "-o", "json"},
                             {"guard", "release", "crm", "-o", "json"}}) {
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == 0);
    BOOST_TEST(has(done.err, "5 more messages"), done.err);
  }
  BOOST_TEST(!has(admin.everything(), "crm"), admin.everything());
  BOOST_TEST(has(admin.last_event(), "more=5"), admin.last_event());
}

BOOST_AUTO_TEST_CASE(an_allowance_that_was_used_up_begins_anew_on_release) {
  GuardedAdmin admin;
  const std::string allowed = "optout:guard:count:auth:crm:allowed/1~65536";
  for (const bool used_up : {false, true}) {
    admin.trip("auth:crm");
    admin.note("auth:crm", "allow", 600'000, "from=1 most=4 by=root");
    if (used_up) admin.note("auth:crm", "trip:allowed/1", 600'000, "step=hold count=5 limit=4");
    admin.redis().cli({"SETBIT", allowed, "200", "1"});
    BOOST_TEST(admin({"guard", "release", "crm"}).exit_status == 0);
    BOOST_TEST(admin.has_key(allowed) == !used_up);
  }
}

BOOST_AUTO_TEST_CASE(a_sender_with_a_name_in_utf_8_may_be_typed_as_it_is) {
  GuardedAdmin admin;
  admin.trip("auth:f%c3%bcr");
  BOOST_TEST(admin({"guard", "release", "F\xc3\xbcr"}).exit_status == 0);
  BOOST_TEST(admin({"guard", "show", "auth:f%c3%bcr"}).exit_status == 1);  // nothing is known
}

BOOST_AUTO_TEST_CASE(a_name_may_be_pasted_as_a_log_or_a_mail_has_it) {
  GuardedAdmin admin;
  admin.trip("auth:a%2520b");
  admin.trip("auth:a%20b");
  BOOST_TEST(admin({"guard", "release", "auth:a%2520b"}).exit_status == 0);
  BOOST_TEST(admin.json({"guard", "list"})[0].at("sender") == "auth:a%20b");
  BOOST_TEST(admin({"guard", "release", "A b"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(estimated_counts_are_forgotten_on_release_too) {
  GuardedAdmin admin;
  admin.trip("auth:offers/offers");
  const std::string key = "optout:guard:count:auth:offers/offers:recipients/1d~65536";
  admin.redis().cli({"SETBIT", key, "200", "1"});  // behind its head
  const auto shown = admin.json({"guard", "show", "offers/offers"});
  BOOST_REQUIRE_EQUAL(shown.size(), 2u);
  BOOST_TEST(shown[1].at("count") == "1");
  BOOST_TEST(admin({"guard", "release", "offers/offers"}).exit_status == 0);
  BOOST_TEST(!admin.has_key(key));
}

BOOST_AUTO_TEST_CASE(who_is_released_is_not_listed_any_more) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  BOOST_TEST(admin({"guard", "release", "auth:crm"}).exit_status == 0);
  BOOST_TEST(admin.json({"guard", "list"}).empty());
  BOOST_TEST(!admin.has_key("optout:guard:state:auth:crm"));
}

BOOST_AUTO_TEST_CASE(what_was_only_monitored_holds_no_mail) {
  GuardedAdmin admin;
  admin.note("auth:crm", "trip:recipients/1h", 3'000'000, "step=hold mode=monitor count=501");
  const Finished done = admin({"guard", "release", "crm"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(!has(done.err, "postsuper"), done.err);
}

BOOST_AUTO_TEST_CASE(releasing_who_is_not_held_up_changes_nothing_and_suggests) {
  GuardedAdmin admin;
  admin.trip("auth:crm/newsletters");
  const std::string before = admin.last_event();
  const Finished done = admin({"guard", "release", "crm"});
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(done.out == "");
  BOOST_TEST(has(done.err, "auth:crm: not held up (did you mean auth:crm/newsletters?)"), done.err);
  BOOST_TEST(admin.last_event() == before);
  const Finished other = admin({"guard", "release", "somebody.else"});
  BOOST_TEST(has(other.err, "guard list"), other.err);
}

BOOST_AUTO_TEST_CASE(a_sender_may_be_named_shortly) {
  GuardedAdmin admin;
  const auto name = [&](const std::string& typed) {
    return admin.json({"guard", "allow", typed, "5", "for", "1h"})[0]
        .at("sender")
        .get<std::string>();
  };
  BOOST_TEST(name("crm") == "auth:crm");
  BOOST_TEST(name("AUTH:Crm") == "auth:crm");
  BOOST_TEST(name("Offers/offers") == "auth:offers/offers");
  BOOST_TEST(name("client:192.0.2.7") == "client:192.0.2.7");
  BOOST_TEST(name("client:2001:DB8:1:2::9") == "client:2001:db8:1:2::/64");
  BOOST_TEST(name("client:2001:db8:1:2::/64") == "client:2001:db8:1:2::/64");
  BOOST_TEST(name("sender:Shop.Example.com") == "sender:shop.example.com");
  BOOST_TEST(name("unknown") == "unknown");
}

BOOST_AUTO_TEST_CASE(allow_takes_the_place_of_trips_for_a_while) {
  GuardedAdmin admin;
  admin.trip("auth:crm");
  const auto rows = admin.json(
      {"guard", "allow", "crm", "20000", "people", "for", "2h", "--by", "ann", "--reason", "sale"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("people") == "20000");
  BOOST_TEST(rows[0].at("result") == "allowed");
  const auto listed = admin.json({"guard", "list"});
  BOOST_REQUIRE_EQUAL(listed.size(), 1u);
  BOOST_TEST(listed[0].at("what") == "allowed");
  BOOST_TEST(listed[0].at("amount") == "20000");
  BOOST_TEST(listed[0].at("by") == "ann");
  BOOST_TEST(listed[0].at("reason") == "sale");
  const std::int64_t left = std::stoll(admin.redis().cli({"PTTL", "optout:guard:state:auth:crm"}));
  BOOST_TEST(left > 7'000'000);
  BOOST_TEST(left <= 7'200'000);
  const std::string event = admin.last_event();
  for (const std::string words :
       {"action\nallow", "sender\nauth:crm", "by\nann", "because\nsale", "most=20000"})
    BOOST_TEST(has(event, words), event);
}

BOOST_AUTO_TEST_CASE(an_allowance_may_be_shortened_and_ended) {
  GuardedAdmin admin;
  BOOST_TEST(admin({"guard", "allow", "crm", "20000", "for", "3d"}).exit_status == 0);
  BOOST_TEST(admin({"guard", "allow", "crm", "100", "recipients", "for", "5m"}).exit_status == 0);
  BOOST_TEST(std::stoll(admin.redis().cli({"PTTL", "optout:guard:state:auth:crm"})) <= 300'000);
  BOOST_TEST(admin.json({"guard", "list"})[0].at("amount") == "100");
  for (const Words& end :
       {Words{"guard", "allow", "crm", "0"}, {"guard", "allow", "crm", "--stop"}}) {
    BOOST_TEST(admin({"guard", "allow", "crm", "9", "for", "1h"}).exit_status == 0);
    const Finished done = admin(end);
    BOOST_TEST(done.exit_status == 0, done.err);
    BOOST_TEST(has(done.out, "ended"), done.out);
    BOOST_TEST(admin.json({"guard", "list"}).empty());
    BOOST_TEST(admin(end).exit_status == 1);
  }
}

BOOST_AUTO_TEST_CASE(ending_an_allowance_leaves_trips) {
  GuardedAdmin admin;
  BOOST_TEST(admin({"guard", "allow", "crm", "9", "for", "1m"}).exit_status == 0);
  admin.trip("auth:crm");
  BOOST_TEST(admin({"guard", "allow", "crm", "0"}).exit_status == 0);
  const auto rows = admin.json({"guard", "list"});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0].at("what") == "tripped");
  BOOST_TEST(std::stoll(admin.redis().cli({"PTTL", "optout:guard:state:auth:crm"})) > 60'000);
}

BOOST_AUTO_TEST_CASE(an_allowance_without_limits_to_lift_is_remarked_on) {
  GuardedAdmin admin;
  admin.configure(admin.redis().url_unix());
  const Finished done = admin({"guard", "allow", "crm", "9", "for", "1h"});
  BOOST_TEST(done.exit_status == 0);
  BOOST_TEST(has(done.err, "no limits for auth:crm"), done.err);
}

BOOST_AUTO_TEST_CASE(nonsense_is_refused_in_a_sentence_before_anything_is_done) {
  GuardedAdmin admin;
  for (const Words& words :
       {Words{"guard", "allow"},
        {"guard", "allow", "crm"},
        {"guard", "allow", "crm", "many", "for", "2h"},
        {"guard", "allow", "crm", "-5", "for", "2h"},
        {"guard", "allow", "crm", "5.5", "for", "2h"},
        {"guard", "allow", "crm", "1000000001", "for", "2h"},
        {"guard", "allow", "crm", "99999999999999999999", "for", "2h"},
        {"guard", "allow", "crm", "20000"},
        {"guard", "allow", "crm", "20000", "people"},
        {"guard", "allow", "crm", "20000", "for"},
        {"guard", "allow", "crm", "20000", "during", "2h"},
        {"guard", "allow", "crm", "20000", "for", "2"},
        {"guard", "allow", "crm", "20000", "for", "h"},
        {"guard", "allow", "crm", "20000", "for", "59s"},
        {"guard", "allow", "crm", "20000", "for", "0m"},
        {"guard", "allow", "crm", "20000", "for", "32d"},
        {"guard", "allow", "crm", "20000", "for", "999999999999999999d"},
        {"guard", "allow", "crm", "20000", "for", "2h", "more"},
        {"guard", "allow", "crm", "20000", "for", "2h", "--stop"},
        {"guard", "allow", "", "20000", "for", "2h"},
        {"guard", "allow", "crm", "5", "for", "2h", "--reason", std::string(1001, 'x')},
        {"guard", "release"},
        {"guard", "show"},
        {"guard", "show", "crm", "hr"}}) {
    const Finished done = admin(words);
    BOOST_TEST(done.exit_status == 64, words.back() << ": " << done.err);
    BOOST_TEST(done.err.starts_with("optoutctl: "), done.err);
    BOOST_TEST(done.out == "");
  }
  BOOST_TEST(admin.everything() == "");
}

BOOST_AUTO_TEST_CASE(the_ends_of_what_may_be_allowed_are_allowed) {
  GuardedAdmin admin;
  for (const Words& words : {Words{"guard", "allow", "crm", "1", "for", "1m"},
                             {"guard", "allow", "crm", "1000000000", "for", "31d"}})
    BOOST_TEST(admin(words).exit_status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
