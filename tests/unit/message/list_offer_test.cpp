// The List-Unsubscribe fields of mail that goes out.

#include "newsletters_in_memory.h"
#include "unsubscribe/list_unsubscribe.h"
#include "unsubscribe/mailto.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace optout {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kField = "List-Unsubscribe: ";
const std::string kPost = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";

struct Outbound : test::Newsletters {
  const Tokens tokens{config.unsubscribe.keys};

  void begin(std::initializer_list<const char*> recipients) {
    mta.added.clear();
    mta.removed.clear();
    mta.deleted.clear();
    mail("<news@our.example>");
    for (const char* recipient : recipients)
      BOOST_TEST(rcpt(recipient) == "proceed");
    BOOST_TEST(session->data(mta).to_string() == "proceed");
    session->header("List-Id", "Our =?utf-8?q?n=C3=AAws?= <news.example.com>");
  }
  std::string link_of(const std::string& address, bool stored = false) const {
    Token token{.issued = today(), .scope = {}, .address = address, .stored = {}};
    if (stored) token = {today(), {}, {}, tokens.stored_reference(address)};
    return "<" + config.unsubscribe.link + *tokens.mint(Purpose::link, token) + ">";
  }
  // What the link and the address of the field that was added say.
  std::vector<std::optional<Token>> offered() const {
    if (mta.added.empty() || !mta.added.front().starts_with(kField)) return {};
    const auto uris = list_uris(std::string_view(mta.added.front()).substr(kField.size()));
    std::vector<std::optional<Token>> found;
    for (const ListUri& uri : uris) {
      if (uri.scheme == UriScheme::https) {
        found.push_back(tokens.verify(
            Purpose::link, std::string_view(uri.text).substr(config.unsubscribe.link.size())));
      } else {
        const std::string address = parse_mailto(uri.text)->address;
        found.push_back(tokens.verify(
            Purpose::reply, *token_of(std::string_view(address).substr(0, address.find('@')))));
      }
    }
    return found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(list_offer)

BOOST_FIXTURE_TEST_CASE(OC_01_OC_02_one_recipient_gets_both_fields_with_a_token_of_her_own,
                        Outbound) {
  begin({"<Bob@Example.com>"});
  BOOST_TEST(end() == "proceed");
  const auto found = offered();
  BOOST_REQUIRE(found.size() == 2U);
  for (const auto& token : found) {
    BOOST_REQUIRE(token);
    BOOST_TEST(token->address == "bob@example.com");
    BOOST_TEST(*token->scope == set_reference(SetName::list("news.example.com")));
    BOOST_TEST((token->issued == today()));
    BOOST_TEST(token->key == 2U);
  }
  BOOST_TEST(mta.added.front().find("List-Unsubscribe: <https://optout.example/u/") == 0U);
  BOOST_TEST(mta.added.front().find(">,\n\t<mailto:u+") != std::string::npos);
  BOOST_REQUIRE(mta.added.size() == 2U);
  BOOST_TEST(mta.added.back() == kPost);
  BOOST_TEST(mta.removed.empty());
  BOOST_TEST(value_of("optout_list_unsubscribe_total{stream=\"newsletters\",action=\"added\"}") ==
             1);
}

BOOST_FIXTURE_TEST_CASE(ML_10_several_recipients_get_nothing_of_one_anothers, Outbound) {
  begin({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
}

BOOST_FIXTURE_TEST_CASE(ML_10_OC_06_only_the_link_of_the_only_recipient_is_completed, Outbound) {
  const std::string bob = link_of("bob@example.com");
  for (const std::string& link : {bob, link_of("bob@example.com", true)}) {
    begin({"<Bob@Example.com>"});
    session->header("List-Unsubscribe", link);
    BOOST_TEST(end() == "proceed");
    BOOST_TEST(mta.added == Texts{kPost}, boost::test_tools::per_element());
  }
  begin({"<bob@example.com>", "<carl@example.com>"});
  session->header("List-Unsubscribe", bob);
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
  const std::string ours = "<" + config.unsubscribe.link;
  for (const std::string& other :
       {link_of("carl@example.com"), link_of("carl@example.com", true), ours + ">",
        ours + "preferences>", bob.substr(0, bob.size() - 1) + "?utm_source=news>",
        "<https://evil.example/u/" + bob.substr(ours.size())}) {
    begin({"<bob@example.com>"});
    session->header("List-Unsubscribe", other);
    BOOST_TEST(end() == "proceed");
    BOOST_TEST(mta.added.empty(), other);
  }
}

BOOST_FIXTURE_TEST_CASE(ML_10_one_mailbox_named_twice_is_one_recipient, Outbound) {
  newsletters.list_unsubscribe = ListUnsubscribe::require;
  begin({"<bob@example.net>", "<Bob@Example.Net>"});
  BOOST_TEST(end() == "proceed");
  BOOST_REQUIRE(!offered().empty());
  BOOST_TEST(offered().front()->address == "bob@example.net");
  begin({"<bob@example.net>", "<carl@example.net>", "<bob@example.net>"});
  BOOST_TEST(end().substr(0, 3) == "550");
}

BOOST_FIXTURE_TEST_CASE(the_only_one_left_gets_them, Outbound) {
  begin({"<ann@example.com>", "<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.deleted == Texts{"<ann@example.com>"}, boost::test_tools::per_element());
  BOOST_TEST(offered().front()->address == "bob@example.com");
}

BOOST_FIXTURE_TEST_CASE(LH_14_the_senders_own_is_kept_or_replaced_as_the_stream_says, Outbound) {
  begin({"<bob@example.com>"});
  session->header("list-UNSUBSCRIBE", "<https://crm.example/out?x=1>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
  BOOST_TEST(mta.removed.empty());
  newsletters.list_unsubscribe = ListUnsubscribe::replace;
  begin({"<bob@example.com>"});
  session->header("list-UNSUBSCRIBE", "<https://crm.example/out?x=1>");
  session->header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.removed.size() == 2U);
  BOOST_TEST(offered().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(OC_05_no_one_click_where_nobody_signs_it, Outbound) {
  config.unsubscribe.one_click = false;
  begin({"<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.size() == 1U);
  BOOST_TEST(offered().size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(by_mail_only_where_there_is_no_page, Outbound) {
  config.unsubscribe.link.clear();
  begin({"<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.size() == 1U);
  BOOST_TEST(offered().size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_address_too_long_for_a_local_part_is_kept_by_reference, Outbound) {
  const std::string longest = "<averylongname.with-many.parts.of-it" + std::string(20, 'x') +
                              "@department.of.some.far.away.place.example>";
  begin({longest.c_str()});
  BOOST_TEST(end() == "proceed");
  const auto found = offered();
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_REQUIRE(found[1]->stored);
  BOOST_TEST(**registry->member_of(*found[1]->stored) == longest.substr(1, longest.size() - 2));
  const std::string mailto = mta.added.front().substr(mta.added.front().find("u+"));
  begin({"<bob@example.com>"});
  static_cast<void>(end());
  mail("<somebody@example.net>");
  BOOST_TEST(rcpt("<" + mailto.substr(0, mailto.find('?')) + ">") == "proceed");
  BOOST_TEST(end() == "discard");
  BOOST_TEST(
      has_opted_out(longest.substr(1, longest.size() - 2), SetName::list("news.example.com")));
  registry->fail_with(Error{Fault::unreachable, "gone"});
  const std::string another = "<x" + longest.substr(1);
  begin({another.c_str()});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(offered().size() == 1U);  // the link
}

BOOST_FIXTURE_TEST_CASE(what_has_no_list_opts_out_of_the_stream, Outbound) {
  newsletters.when.header = {{"x-kind", {"news"}}};
  mail("<news@our.example>");
  rcpt("<bob@example.com>");
  session->header("X-Kind", "news");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(*offered().front()->scope == set_reference(SetName::stream("newsletters")));
  config.unsubscribe.scope = TokenScope::global;
  begin({"<bob@example.com>"});
  session->header("X-Kind", "news");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(!offered().front()->scope);
}

BOOST_FIXTURE_TEST_CASE(a_list_that_cannot_be_remembered_is_not_referred_to, Outbound) {
  registry->fail_with(Error{Fault::read_only, "a replica"});
  begin({"<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(*offered().front()->scope == set_reference(SetName::stream("newsletters")));
}

BOOST_FIXTURE_TEST_CASE(LI_06_lists_are_remembered_by_the_name_that_passes, Outbound) {
  newsletters.list_unsubscribe = ListUnsubscribe::keep;
  begin({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(end() == "proceed");
  const auto lists = registry->lists("");
  BOOST_REQUIRE(lists->size() == 1U);
  BOOST_TEST(lists->front().id == "news.example.com");
  BOOST_TEST(lists->front().name == "Our n\u00eaws");
}

BOOST_FIXTURE_TEST_CASE(refused_and_deferred_mail_makes_no_list_known, Outbound) {
  newsletters.on_opted_out = OnOptedOut::reject;
  mail("<news@our.example>");
  rcpt("<eve@example.com>");
  session->header("List-Id", "<news.example.com>");
  BOOST_TEST(end().substr(0, 3) == "550");
  BOOST_TEST(registry->lists("")->empty());
}

BOOST_FIXTURE_TEST_CASE(mail_of_a_kind_that_needs_a_way_out_is_refused_without, Outbound) {
  newsletters.list_unsubscribe = ListUnsubscribe::require;
  begin({"<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(offered().size() == 2U);
  begin({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(end().substr(0, 9) == "550 5.7.1");
  begin({"<bob@example.com>", "<carl@example.com>"});
  session->header("List-Unsubscribe", "NO");  // LH-15
  BOOST_TEST(end().substr(0, 9) == "550 5.7.1");
  BOOST_TEST(mta.removed.empty());
  begin({"<bob@example.com>", "<carl@example.com>"});
  session->header("List-Unsubscribe", "<mailto:out@crm.example>");
  BOOST_TEST(end() == "proceed");
  newsletters.mode = Mode::monitor;
  begin({"<bob@example.com>", "<carl@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(value_of("optout_list_unsubscribe_total{stream=\"newsletters\",action=\"refused\"}") ==
             2);
}

BOOST_FIXTURE_TEST_CASE(SC_03_what_cannot_be_kept_now_is_no_reason_to_refuse_for_good, Outbound) {
  config.unsubscribe.link.clear();
  newsletters.list_unsubscribe = ListUnsubscribe::require;
  registry->fail_with(Error{Fault::read_only, "a replica"});
  const std::string longest = "<averylongname.with-many.parts.of-it" + std::string(20, 'x') +
                              "@department.of.some.far.away.place.example>";
  begin({longest.c_str()});
  BOOST_TEST(end().substr(0, 9) == "451 4.3.0");
  newsletters.on_outage = OnOutage::accept;
  begin({longest.c_str()});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
}

BOOST_FIXTURE_TEST_CASE(postmaster_of_ours_gets_mail_of_every_kind, Outbound) {
  newsletters.list_unsubscribe = ListUnsubscribe::require;
  config.our_domains = {"example.com"};
  begin({"<abuse@example.com>", "<postmaster@example.com>"});
  BOOST_TEST(end() == "proceed");
}

BOOST_FIXTURE_TEST_CASE(AD_10_the_token_is_for_the_mailbox_not_for_how_it_was_spelled, Outbound) {
  mta.macros["{rcpt_addr}"] = "bob@example.com";
  begin({"<bob%example.com@our.example>"});
  BOOST_TEST(end() == "proceed");
  BOOST_REQUIRE(!offered().empty());
  BOOST_TEST(offered().front()->address == "bob@example.com");
}

BOOST_FIXTURE_TEST_CASE(nobody_is_kept_for_fields_that_are_not_written, Outbound) {
  const std::string longest = "<averylongname.with-many.parts.of-it" + std::string(20, 'x') +
                              "@department.of.some.far.away.place.example>";
  const std::uint64_t reference = tokens.stored_reference(longest.substr(1, longest.size() - 2));
  begin({longest.c_str()});
  session->header("List-Unsubscribe", "<mailto:out@crm.example>");
  BOOST_TEST(end() == "proceed");
  newsletters.mode = Mode::monitor;
  begin({longest.c_str()});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(!registry->member_of(reference)->has_value());
}

BOOST_FIXTURE_TEST_CASE(strangers_make_no_lists_known, Outbound) {
  config.streams[1].honours = {};
  mail("<stranger@example.net>");
  rcpt("<desk@our.example>");
  session->header("List-Id", "Call +1 900 <some.list.example>");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(registry->lists("")->empty());
}

BOOST_FIXTURE_TEST_CASE(nothing_is_added_where_nothing_may_be_changed_or_nobody_is_to_read_it,
                        Outbound) {
  newsletters.mode = Mode::monitor;
  begin({"<bob@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
  newsletters.mode = Mode::enforce;
  mail("<>");
  rcpt("<bob@example.com>");
  session->header("List-Id", "<news.example.com>");
  session->header("Auto-Submitted", "auto-replied");
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
  config.our_domains = {"example.com"};
  begin({"<abuse@example.com>"});
  BOOST_TEST(end() == "proceed");
  BOOST_TEST(mta.added.empty());
}

BOOST_FIXTURE_TEST_CASE(when_the_mta_does_not_let_fields_be_added_the_message_is_deferred,
                        Outbound) {
  mta.can_edit = false;
  begin({"<bob@example.com>"});
  BOOST_TEST(end().substr(0, 9) == "451 4.3.0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
