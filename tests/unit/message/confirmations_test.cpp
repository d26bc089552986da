// Who is sent a confirmation: people who have just unsubscribed, where the configuration says so,
// and where a person asked.

#include "newsletters_in_memory.h"
#include "support/smtp_sink.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>
#include <vector>

namespace optout {
namespace {

using test::Newsletters;
using Fields = std::vector<std::pair<std::string, std::string>>;

class Everybody final : public RateLimit {
public:
  Result<bool> admits(std::string_view /*member*/) override { return true; }
};

const SetName kNews = SetName::list("news.example.com");

struct Confirmed : Newsletters {
  test::SmtpSink sink;

  Confirmed() {
    know("news.example.com");
    config.unsubscribe.confirm = true;
    config.unsubscribe.confirm_via = test::loopback_port(sink.port());
    confirming = {.confirmer = std::make_shared<Confirmer>(meters),
                  .limit = std::make_shared<Everybody>()};
  }

  std::string ask(const std::string& address, const Fields& fields = {},
                  const std::string& sender = "<bob@example.net>") {
    mail(sender);
    rcpt(address);
    for (const auto& [name, value] : fields)
      session->header(name, value);
    return end();
  }
  // To whom confirmations have gone, in their order; what was asked for before is done then.
  std::string confirmed() {
    const std::string last = "<last@example.com>";
    ask(asking("last@example.com", kNews));
    BOOST_TEST(
        sink.wait_for([&](const auto& all) { return !all.empty() && all.back().went_to(last); }));
    std::string all;
    for (const auto& delivery : sink.deliveries())
      all += delivery.recipients.front().substr(0, delivery.recipients.front().find('>') + 1);
    return all.substr(0, all.size() - last.size());
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(confirmations)

BOOST_FIXTURE_TEST_CASE(whoever_has_unsubscribed_is_told_so_and_not_who_asked, Confirmed) {
  BOOST_TEST(ask(asking("bob@example.com", kNews),
                 {{"From", "Eve <eve@forwarder.example>"},
                  {"Reply-To", "eve@forwarder.example"},
                  {"Message-ID", " <1@forwarder.example>"},
                  {"Subject", "Buy pills"}},
                 "<eve@forwarder.example>") == "discard");
  BOOST_TEST(confirmed() == "<bob@example.com>");
  const std::string data = sink.deliveries().front().data;
  BOOST_TEST((data.find("from news.example.com\r\n") != std::string::npos));
  BOOST_TEST((data.find("In-Reply-To: <1@forwarder.example>\r\n") != std::string::npos));
  BOOST_TEST((data.find("pills") == std::string::npos));
  BOOST_TEST((data.find("eve") == std::string::npos));
}

BOOST_FIXTURE_TEST_CASE(what_is_only_monitored_is_confirmed_too, Confirmed) {
  config.streams[0].mode = config.streams[1].mode = Mode::monitor;
  ask(asking("bob@example.com", std::nullopt));
  BOOST_TEST(confirmed() == "<bob@example.com>");
}

BOOST_FIXTURE_TEST_CASE(AR_01_AR_02_AR_07_a_machine_is_never_answered_but_its_request_is_recorded,
                        Confirmed) {
  const std::vector<std::pair<Fields, std::string>> automatic{
      {{{"Auto-Submitted", "auto-replied"}, {"X-Apple-Unsubscribe", "true"}}, "<a@example.net>"},
      {{{"Precedence", "bulk"}}, "<a@example.net>"},
      {{{"List-Id", "<other.example.net>"}}, "<a@example.net>"},
      {{{"From", "MAILER-DAEMON@example.net"}}, "<a@example.net>"},
      {{{"Auto-Submitted", "no"}, {"Auto-Submitted", "no"}}, "<a@example.net>"},
      {{}, "<>"},
      {{}, "<owner-list@example.net>"}};
  int number = 0;
  for (const auto& [fields, sender] : automatic) {
    const std::string address = "p" + std::to_string(number++) + "@example.com";
    BOOST_TEST(ask(asking(address, kNews), fields, sender) == "discard");
    BOOST_TEST(has_opted_out(address, kNews));
  }
  BOOST_TEST(confirmed().empty());
}

BOOST_FIXTURE_TEST_CASE(AT_05_what_changed_nothing_is_not_confirmed, Confirmed) {
  const auto last_week = today() - std::chrono::days(7);
  store->add_as_others_do("bob@example.com", kNews);
  ask(asking("bob@example.com", kNews));
  counted->now = Instant(today());
  store->add_as_others_do("carl@example.com", kNews);
  BOOST_TEST(*store->withdraw("carl@example.com", kNews, "root", "he came back"));
  ask(asking("carl@example.com", kNews, last_week));
  ask("<u+nonsense@optout.example>");
  store->fail_with(Error{Fault::unreachable, "gone"});
  BOOST_TEST(ask(asking("dora@example.com", kNews)).substr(0, 3) == "451");
  store->fail_with(std::nullopt);
  BOOST_TEST(confirmed().empty());
}

BOOST_FIXTURE_TEST_CASE(an_address_kept_elsewhere_is_written_to_unless_only_its_digest_is_kept,
                        Confirmed) {
  const auto stored = [&](const std::string& address, const std::string& member) {
    const Tokens tokens(config.unsubscribe.keys);
    const auto reference = tokens.stored_reference(address);
    static_cast<void>(registry->keep_address(reference, member));
    const auto token = tokens.mint(
        Purpose::reply, {.issued = today(), .scope = {}, .address = {}, .stored = reference});
    return "<" + reply_address(*token, config.unsubscribe.domain) + ">";
  };
  ask(stored("long@example.com", "long@example.com"));
  ask(stored("secret@example.com", "#1:0123456789abcdef0123456789abcdef"));
  BOOST_TEST(confirmed() == "<long@example.com>");
}

BOOST_FIXTURE_TEST_CASE(a_member_that_is_a_digest_does_not_keep_the_token_s_own_address_from_it,
                        Confirmed) {
  config.addresses.digest_keys = {{1, std::string(32, 'k')}};
  static_cast<void>(store->init("test"));
  ask(asking("bob@example.com", kNews));
  BOOST_TEST(confirmed() == "<bob@example.com>");
}

BOOST_FIXTURE_TEST_CASE(AT_07_by_default_nothing_is_ever_sent, Confirmed) {
  BOOST_TEST(!Config().unsubscribe.confirm);
  config.unsubscribe.confirm = false;
  for (int i = 0; i < 25; ++i) {
    const std::string address = "p" + std::to_string(i) + "@example.com";
    BOOST_TEST(ask(asking(address, kNews), {{"From", "<" + address + ">"}}) == "discard");
    std::string forged = asking(address, kNews);
    forged[5] = forged[5] == 'a' ? 'b' : 'a';
    ask(forged, {{"From", "<" + address + ">"}});
  }
  BOOST_TEST(!snapshot.get()->confirmations);
  config.unsubscribe.confirm = true;
  BOOST_TEST(confirmed().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
