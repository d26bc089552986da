// Mail to unsubscribe addresses: what is recorded, what is swallowed, what is said.

#include "newsletters_in_memory.h"
#include "suppression/members.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace optout {
namespace {

using test::Newsletters;
using Texts = std::vector<std::string>;

const SetName kNews = SetName::list("news.example.com");
const std::string kNotRecorded =
    "451 4.3.0 cannot record your request to unsubscribe; try again later";

struct Mailbox : Newsletters {
  Mailbox() { know("news.example.com"); }
  std::string request(const std::string& address, const std::string& sender = "<bob@example.net>") {
    mail(sender);
    BOOST_TEST(rcpt(address) == "proceed");
    BOOST_TEST(session->data(mta).to_string() == "proceed");
    return end();
  }
  std::optional<Evidence> evidence(const std::string& address, const SetName& set) {
    const auto found = store->listings(Spellings{{address}}, {&set, 1});
    for (const Listing& listing : *found) {
      if (listing.set == set) return listing.evidence;
    }
    return std::nullopt;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(requests)

BOOST_FIXTURE_TEST_CASE(a_good_token_is_recorded_and_the_mail_is_delivered_to_nobody, Mailbox) {
  BOOST_TEST(request(asking("bob@example.com", kNews)) == "discard");
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
  BOOST_TEST(!has_opted_out("bob@example.com", SetName::global()));
  BOOST_TEST(value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"added\"}") == 1);
}

BOOST_FIXTURE_TEST_CASE(AR_03_whatever_the_header_says_as_Apple_Mail_calls_itself_automatic,
                        Mailbox) {
  mail("<>");
  rcpt(asking("bob@example.com", kNews));
  session->header("Auto-Submitted", "auto-replied");
  session->header("X-Apple-Unsubscribe", "true");
  session->header("Subject", "");
  session->header("X-Spam-Flag", "YES");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(ID_16_the_token_says_who_not_the_author, Mailbox) {
  mail("<bob@forwarder.example>");
  rcpt(asking("bob+news@example.com", kNews));
  session->header("From", "Bob <bob@forwarder.example>");
  session->header("Message-ID", " <1@forwarder.example>");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(!has_opted_out("bob@forwarder.example", kNews));
  const auto kept = evidence("bob+news@example.com", kNews);
  BOOST_REQUIRE(kept);
  BOOST_TEST((kept->source == Source::reply));
  BOOST_TEST(kept->from == "bob@forwarder.example");
  BOOST_TEST(kept->message_id == "<1@forwarder.example>");
  BOOST_TEST(kept->list == "news.example.com");
  BOOST_TEST(kept->token_key == 2U);
}

BOOST_FIXTURE_TEST_CASE(who_wrote_is_not_kept_where_the_configuration_says_so, Mailbox) {
  config.unsubscribe.keep_from = false;
  request(asking("bob@example.com", kNews));
  BOOST_TEST(evidence("bob@example.com", kNews)->from.empty());
}

BOOST_FIXTURE_TEST_CASE(ML_09_letters_of_either_case_in_the_address, Mailbox) {
  std::string address = asking("bob@example.com", kNews);
  for (char& c : address)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  BOOST_TEST(request(address) == "discard");
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(OC_16_nothing_is_said_to_be_done_before_it_is, Mailbox) {
  store->fail_with(Error{Fault::unreachable, "gone"});
  BOOST_TEST(request(asking("bob@example.com", kNews)) == kNotRecorded);
  BOOST_TEST(
      value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"not_recorded\"}") == 1);
  store->fail_with(std::nullopt);
  registry->fail_with(Error{Fault::timeout, "late"});  // which list is it?
  BOOST_TEST(request(asking("bob@example.com", kNews)) == kNotRecorded);
  registry->fail_with(std::nullopt);
  BOOST_TEST(request(asking("bob@example.com", kNews)) == "discard");
  BOOST_TEST(request(asking("bob@example.com", kNews)) == "discard");  // and again, harmlessly
}

BOOST_FIXTURE_TEST_CASE(what_only_monitors_takes_requests_all_the_same, Mailbox) {
  config.streams[0].mode = config.streams[1].mode = Mode::monitor;
  BOOST_TEST(request(asking("bob@example.com", kNews)) == "discard");
  store->fail_with(Error{Fault::unreachable, "gone"});
  BOOST_TEST(request(asking("eva@example.com", kNews)) == kNotRecorded);
}

BOOST_FIXTURE_TEST_CASE(of_several_recipients_only_the_request_is_taken_off, Mailbox) {
  const std::string asked = asking("bob@example.com", kNews);
  mail();
  rcpt("<carl@example.com>");
  rcpt(asked);
  BOOST_TEST(session->data(mta).to_string() == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Texts{asked}, boost::test_tools::per_element());
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(it_is_recorded_even_where_the_message_is_refused_for_another, Mailbox) {
  mail("<>");  // decided at the end
  rcpt("<ann@example.com>");
  rcpt(asking("bob@example.com", kNews));
  BOOST_TEST(end().substr(0, 9) == "550 5.7.1");
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(LG_12_in_a_store_of_digests_the_author_is_one, Mailbox) {
  config.addresses.store = MemberOptions::Store::digest;
  config.addresses.digest_keys = {{1, std::string(32, 'k')}};
  mail("<bob@forwarder.example>");
  rcpt(asking("bob@example.com", kNews));
  session->header("From", "Bob <bob@forwarder.example>");
  BOOST_TEST(end() == "discard");
  const std::string member = member_to_write("bob@example.com", config.addresses);
  BOOST_REQUIRE(evidence(member, kNews));
  BOOST_TEST(evidence(member, kNews)->from ==
             member_to_write("bob@forwarder.example", config.addresses));
}

BOOST_FIXTURE_TEST_CASE(AT_05_a_consent_counts_in_whatever_spelling_it_was_given, Mailbox) {
  const auto last_week = today() - std::chrono::days(7);
  request(asking("bob@example.com", kNews, last_week));
  counted->now = Instant(today());
  BOOST_TEST(*store->withdraw("bob@example.com", kNews, "root", "he came back"));
  config.addresses.store = MemberOptions::Store::digest;
  config.addresses.digest_keys = {{1, std::string(32, 'k')}};
  BOOST_TEST(request(asking("bob@example.com", kNews, last_week)) == "discard");
  BOOST_TEST(!has_opted_out(member_to_write("bob@example.com", config.addresses), kNews));
}

BOOST_FIXTURE_TEST_CASE(what_nobody_can_act_upon_goes_to_where_a_person_may_read_it, Mailbox) {
  const Token token{.issued = today(), .scope = {}, .address = {}, .stored = 0x1234};
  const auto text = Tokens(config.unsubscribe.keys).mint(Purpose::reply, token);
  const std::string address = "<u+" + *text + "@optout.example>";
  BOOST_TEST(request(address) == "proceed");
  mail();
  rcpt(address);
  rcpt(asking("bob@example.com", kNews));
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Texts{asking("bob@example.com", kNews)},
             boost::test_tools::per_element());
  config.streams[1].bad_token = BadToken::discard;
  BOOST_TEST(request(address) == "discard");
  config.streams[1].mode = Mode::monitor;
  BOOST_TEST(request(address) == "proceed");
}

BOOST_FIXTURE_TEST_CASE(OC_07_a_bad_token_changes_nothing_and_the_mail_goes_its_way, Mailbox) {
  std::string forged = asking("bob@example.com", kNews);
  forged[10] = forged[10] == 'a' ? 'b' : 'a';
  BOOST_TEST(request(forged) == "proceed");
  BOOST_TEST(request("<u+@optout.example>") == "proceed");
  BOOST_TEST(request("<postmaster@optout.example>") == "proceed");
  BOOST_TEST(mta.deleted.empty());
  BOOST_TEST(!has_opted_out("bob@example.com", kNews));
  BOOST_TEST(value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"bad_token\"}") ==
             2);
}

BOOST_FIXTURE_TEST_CASE(ML_08_a_token_is_known_however_a_mail_program_broke_its_address, Mailbox) {
  const auto broken = [&](const std::string& begin, const std::string& person,
                          const std::string& end = {}) {
    const std::string address = asking(person, kNews);
    const std::string token = address.substr(3, address.find('@') - 3);
    return "<" + begin + token + end + "@optout.example>";
  };
  BOOST_TEST(request(broken("", "a@example.com")) == "discard");
  BOOST_TEST(request(broken("u%2B", "b@example.com")) == "discard");
  BOOST_TEST(request(broken("\"u ", "c@example.com", "\"")) == "discard");
  for (const char* person : {"a@example.com", "b@example.com", "c@example.com"})
    BOOST_TEST(has_opted_out(person, kNews), person);
  const std::string elsewhere = asking("d@example.com", kNews);
  mta.macros["{rcpt_addr}"] = elsewhere.substr(1, elsewhere.size() - 2);
  mail("<d@example.com>");
  rcpt("<u+token%optout.example@our.example>");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(has_opted_out("d@example.com", kNews));
  mta.macros.erase("{rcpt_addr}");
  // The prefix shows that a token was meant; without it, it may be anybody.
  BOOST_TEST(request("<u%2Bnonsense@optout.example>") == "proceed");
  BOOST_TEST(request("<\"u nonsense\"@optout.example>") == "proceed");
  BOOST_TEST(request("<nonsense@optout.example>") == "proceed");
  BOOST_TEST(value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"bad_token\"}") ==
             2);
}

BOOST_FIXTURE_TEST_CASE(a_bad_token_is_discarded_where_the_stream_says_so, Mailbox) {
  config.streams[1].bad_token = BadToken::discard;
  BOOST_TEST(request("<u+nonsense@optout.example>") == "discard");
  mail();
  rcpt("<u+nonsense@optout.example>");
  rcpt("<carl@example.com>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Texts{"<u+nonsense@optout.example>"}, boost::test_tools::per_element());
  config.streams[1].mode = Mode::monitor;
  mta.deleted.clear();
  BOOST_TEST(request("<u+nonsense@optout.example>") == "proceed");
  BOOST_TEST(mta.deleted.empty());
}

BOOST_FIXTURE_TEST_CASE(AT_04_a_token_for_a_link_is_none_for_an_address, Mailbox) {
  const Token token{.issued = today(), .scope = {}, .address = "bob@example.com", .stored = {}};
  const auto link = Tokens(config.unsubscribe.keys).mint(Purpose::link, token);
  BOOST_TEST(request("<u+" + *link + "@optout.example>") == "proceed");
  const auto bounce = Tokens(config.unsubscribe.keys).mint(Purpose::bounce, token);
  BOOST_TEST(request("<u+" + *bounce + "@optout.example>") == "proceed");
  BOOST_TEST(!has_opted_out("bob@example.com", SetName::global()));
}

BOOST_FIXTURE_TEST_CASE(AT_05_a_newer_consent_outranks_an_older_token, Mailbox) {
  const auto last_week = today() - std::chrono::days(7);
  BOOST_TEST(request(asking("bob@example.com", kNews, last_week)) == "discard");
  counted->now = Instant(today());
  BOOST_TEST(*store->withdraw("bob@example.com", kNews, "root", "he came back"));
  BOOST_TEST(request(asking("bob@example.com", kNews, last_week)) == "discard");
  BOOST_TEST(value_of("optout_unsubscribe_requests_total{source=\"reply\",result=\"outranked\"}") ==
             1);
  BOOST_TEST(!has_opted_out("bob@example.com", kNews));
  BOOST_TEST(request(asking("bob@example.com", kNews)) == "discard");
  BOOST_TEST(has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(what_a_token_refers_to_is_never_lost, Mailbox) {
  request(asking("a@example.com", SetName::stream("newsletters")));
  BOOST_TEST(has_opted_out("a@example.com", SetName::stream("newsletters")));
  request(asking("b@example.com", std::nullopt));
  BOOST_TEST(has_opted_out("b@example.com", SetName::global()));
  request(asking("c@example.com", SetName::list("nobody.noted.this")));
  BOOST_TEST(has_opted_out("c@example.com", SetName::global()));
}

BOOST_FIXTURE_TEST_CASE(AT_27_what_nobody_knows_any_more_counts_for_every_tenant, Mailbox) {
  config.streams[0].tenant = "acme";
  request(asking("a@example.com", SetName("global", "acme")));
  BOOST_TEST(has_opted_out("a@example.com", SetName("global", "acme")));
  BOOST_TEST(!has_opted_out("a@example.com", SetName::global()));
  request(asking("b@example.com", SetName::list("gone.example.com", "acme")));
  BOOST_TEST(has_opted_out("b@example.com", SetName("global", "acme")));
  BOOST_TEST(has_opted_out("b@example.com", SetName::global()));
}

BOOST_FIXTURE_TEST_CASE(without_the_settings_an_unsubscribe_address_is_any_address, Mailbox) {
  const std::string address = asking("bob@example.com", kNews);
  config.unsubscribe = {};
  mail();
  BOOST_TEST(rcpt(address) == "proceed");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(!has_opted_out("bob@example.com", kNews));
}

BOOST_FIXTURE_TEST_CASE(when_the_mta_does_not_let_it_be_taken_off_the_message_comes_again,
                        Mailbox) {
  mta.can_edit = false;
  mail();
  rcpt("<carl@example.com>");
  rcpt(asking("bob@example.com", kNews));
  BOOST_TEST(end().substr(0, 9) == "451 4.3.0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
