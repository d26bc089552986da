// A mix of addresses as a mailing list of companies and consumers of ten countries might hold them.
//
// Made, not taken from anywhere: nobody's address may stand in a test. What is known of real ones
// went into it:
//  - names: the most frequent first and family names of each country, as its statistics office or
//    civil registry publishes them, all alike, so that long ones weigh more than in life;
//  - providers: the shares that senders of newsletters publish by country, rounded: Gmail between a
//    quarter and a half everywhere, Microsoft, Yahoo and Apple, then those that only one country
//    knows, and one in twelve at a small provider that no table knows;
//  - local parts: first.last is the most frequent, then firstlast, both also with two digits or a
//    year, initials, underscores; nicknames; a few plus tags;
//  - companies: a family name, a trade, both or two of them, with and without hyphen, at times
//    below a word such as "mail."; endings by country. Half are people by name, a third roles.
// Three of ten addresses are of companies.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace optout::test {

struct MixedAddress {
  std::string address;
  bool of_company = false;
};

// The same for the same count, everywhere.
std::vector<MixedAddress> address_mix(std::size_t count);

}  // namespace optout::test
