// How senders are named to optoutctl guard

#include "admin.h"

#include <boost/test/unit_test.hpp>

using namespace optout::test;

namespace {

// An administrator whose stream offers has limits of its own.
struct OneWithLimits : ReadyAdmin {
  OneWithLimits() {
    configure(
        redis().url_unix(),
        "guard: { limits: [ { recipients: 500 per 1h, then: hold } ] }\n"
        "streams:\n"
        "  - { name: offers, when: { auth: offers }, guard: [ { recipients: 5000 per 1d, then: "
        "hold } ] }\n"
        "  - name: default\n");
  }
};

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(guard_sender)

BOOST_AUTO_TEST_CASE(whom_no_mail_can_come_from_is_allowed_nothing) {
  const OneWithLimits admin;
  for (const auto& [typed, why] :
       {std::pair("sender:news@shop.example", "write \"sender:shop.example\""),
        std::pair("sender:@shop.example", "write \"sender:shop.example\""),
        std::pair("foo:bar", "is no sender"), std::pair("client:300.1.1.1", "is no address"),
        std::pair("client:192.0.2.7/nostream", "is no address"),
        std::pair("auth:crm/nostream", "no stream nostream has limits of its own"),
        std::pair("auth:crm/default", "no stream default has limits of its own"),
        std::pair("auth:crm*", "is a pattern")}) {
    const Finished done = admin({"guard", "allow", typed, "5", "for", "1h"});
    BOOST_TEST(done.exit_status == 64, typed);
    BOOST_TEST(has(done.err, why), done.err);
  }
  BOOST_TEST(admin.json({"guard", "list"}).empty());
}

BOOST_AUTO_TEST_CASE(releasing_who_is_only_allowed_more_does_not_suggest_the_same) {
  const OneWithLimits admin;
  BOOST_TEST(admin({"guard", "allow", "crm2", "5", "for", "1h"}).exit_status == 0);
  const Finished done = admin({"guard", "release", "crm2"});
  BOOST_TEST(done.exit_status == 1);
  BOOST_TEST(has(done.err, "auth:crm2: not held up\n"), done.err);
  BOOST_TEST(!has(done.err, "did you mean"), done.err);
}

BOOST_AUTO_TEST_SUITE_END()
