// What Postfix makes of recipients after it has asked us: aliases, canonical addresses, copies. We
// see none of it. README and manual say so; this shows that it is so, and what can be done.
//
// Ann has opted out.

#include "mta/mail.h"
#include "mta/relay.h"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace optout::test {
namespace {

constexpr std::string_view kStrip = "streams: [{ name: default, on_opted_out: strip }]";

std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  void setup() {
    the_relay = std::make_unique<Relay>(
        "", std::vector<std::string>{},
        std::vector<std::string>{
            "virtual_alias_domains = alias.example",
            "virtual_alias_maps = inline:{ { team@alias.example = ann@example.com, bob@example.com "
            "} }",
            "recipient_canonical_maps = inline:{ { carl@example.com = ann@example.com } }",
            "recipient_bcc_maps = inline:{ { eve@example.com = copy@example.org } }",
            "always_bcc = archive@example.org"});
  }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

// Who gets a message to these, but for the archive, which gets all that are accepted.
std::string delivered(const std::vector<std::string>& recipients) {
  the_relay->sink.forget();
  SmtpClient client = connect_to(*the_relay);
  send(client, "<news@shop.example>", recipients, "Subject: x\r\n\r\nHello\r\n");
  the_relay->postfix.wait_until_empty();
  return who_got_mail(the_relay->sink.deliveries());
}

struct WithOptOut {
  WithOptOut() {
    the_relay->begin_anew(kStrip);
    the_relay->opt_out("global", {"ann@example.com"});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rewriting, WithOptOut)

BOOST_AUTO_TEST_CASE(who_stands_behind_an_alias_is_not_seen_but_goes_with_the_alias) {  // AD-11
  const std::vector<std::string> recipients{"<team@alias.example>", "<dora@example.com>"};
  BOOST_TEST(delivered(recipients) ==
             "<ann@example.com> <archive@example.org> <bob@example.com> <dora@example.com>");
  the_relay->opt_out("global", {"team@alias.example"});
  BOOST_TEST(delivered(recipients) == "<archive@example.org> <dora@example.com>");
}

BOOST_AUTO_TEST_CASE(an_address_is_judged_as_it_was_before_it_was_made_canonical) {  // AD-11
  const std::vector<std::string> recipients{"<carl@example.com>", "<dora@example.com>"};
  BOOST_TEST(delivered(recipients) == "<ann@example.com> <archive@example.org> <dora@example.com>");
  the_relay->opt_out("global", {"carl@example.com"});
  BOOST_TEST(delivered(recipients) == "<archive@example.org> <dora@example.com>");
}

BOOST_AUTO_TEST_CASE(a_copy_goes_out_although_the_recipient_it_is_made_for_is_stripped) {
  the_relay->opt_out("global", {"eve@example.com"});
  BOOST_TEST(delivered({"<eve@example.com>", "<dora@example.com>"}) ==
             "<archive@example.org> <copy@example.org> <dora@example.com>");
}

BOOST_AUTO_TEST_CASE(who_gets_copies_is_not_asked_about) {
  the_relay->opt_out("global", {"archive@example.org", "copy@example.org"});
  BOOST_TEST(delivered({"<eve@example.com>"}) ==
             "<archive@example.org> <copy@example.org> <eve@example.com>");
}

BOOST_AUTO_TEST_CASE(who_gets_copies_is_stripped_if_the_message_names_them_too) {
  the_relay->opt_out("global", {"archive@example.org"});
  BOOST_TEST(delivered({"<archive@example.org>", "<dora@example.com>"}) == "<dora@example.com>");
}

BOOST_AUTO_TEST_CASE(of_a_message_that_is_refused_there_are_no_copies) {
  BOOST_TEST(delivered({"<ann@example.com>"}) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
