// How many addresses fit into an unsubscribe address whole, and that the others do by reference
// (ML-09).

#include "address_mix.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/token.h"
#include "unsubscribe_keys.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

namespace optout::test {
namespace {

constexpr std::size_t kLongestLocalPart = 64;

Token token_for(const std::string& address) {
  return {.issued = std::chrono::sys_days(std::chrono::days(20514)),
          .scope = 0xdeadbeef,
          .address = address,
          .stored = {},
          .key = 0};
}

struct Share {
  std::size_t fit = 0;
  std::size_t all = 0;
  double percent() const { return 100.0 * static_cast<double>(fit) / static_cast<double>(all); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(token_fit)

BOOST_AUTO_TEST_CASE(ML_09_most_addresses_fit_into_a_local_part_with_the_set_they_leave) {
  const Tokens tokens(test_keys());
  Share consumers;
  Share companies;
  std::string longest;
  for (const MixedAddress& mixed : address_mix(20000)) {
    Share& share = mixed.of_company ? companies : consumers;
    ++share.all;
    const auto token = tokens.mint(Purpose::reply, token_for(mixed.address));
    if (!token) {
      if (longest.empty()) longest = mixed.address;
      continue;
    }
    ++share.fit;
    const std::string address = reply_address(*token, "optout.example.com");
    BOOST_REQUIRE_LE(address.find('@'), kLongestLocalPart);
    BOOST_REQUIRE(tokens.verify(Purpose::reply, *token)->address == mixed.address);
  }
  const Share all{.fit = consumers.fit + companies.fit, .all = consumers.all + companies.all};
  BOOST_TEST_MESSAGE(fmt::format(
      "{:.2f} % of {} addresses fit: {:.2f} % of consumers', {:.2f} % of companies'; not for "
      "example {}",
      all.percent(), all.all, consumers.percent(), companies.percent(), longest));
  BOOST_TEST(all.percent() >= 95);
  BOOST_TEST(consumers.percent() >= 95);
  BOOST_TEST(companies.percent() >= 95);
}

BOOST_AUTO_TEST_CASE(ML_09_an_address_that_does_not_fit_does_by_reference) {
  const Tokens tokens(test_keys());
  const std::string address =
      "bartholomew.featherstonehaugh-cholmondeley@departments.international-shipping.example";
  Token token = token_for(address);
  BOOST_TEST(!tokens.mint(Purpose::reply, token));
  BOOST_TEST(tokens.mint(Purpose::link, token).has_value());
  token.address.clear();
  token.stored = tokens.stored_reference(address);
  const auto minted = tokens.mint(Purpose::reply, token);
  BOOST_REQUIRE(minted);
  BOOST_TEST(minted->size() + 2 <= kLongestLocalPart);
  BOOST_TEST((tokens.verify(Purpose::reply, *minted)->stored == token.stored));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
