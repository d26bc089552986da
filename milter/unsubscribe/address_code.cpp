#include "unsubscribe/address_code.h"

#include "unsubscribe/address_words.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace optout {
namespace {

constexpr unsigned kLongestCode = kAddressWords.back().bits;
constexpr unsigned kOctetBits = 8;

constexpr std::uint32_t count_of(std::string_view words) {
  return 1 + static_cast<std::uint32_t>(std::count(words.begin(), words.end(), ' '));
}

constexpr auto kCounts = [] {
  std::array<std::uint32_t, kAddressWords.size()> counts{};
  for (std::size_t i = 0; i < counts.size(); ++i)
    counts.at(i) = count_of(kAddressWords.at(i).words);
  return counts;
}();

// Every bit string begins with the code of exactly one word: nothing is wasted, and reading never
// comes to bits that mean nothing.
constexpr bool is_complete() {
  std::uint32_t taken = 0;
  for (std::size_t i = 0; i < kCounts.size(); ++i)
    taken += kCounts.at(i) << (kLongestCode - kAddressWords.at(i).bits);
  return taken == std::uint32_t{1} << kLongestCode;
}
static_assert(is_complete());

struct Word {
  std::string_view text;  // without the mark that it ends an address
  bool ends = false;
  bool any = false;  // the octet that follows the code
  unsigned bits = 0;
  std::uint32_t code = 0;
};

// Most words that begin alike differ in the second octet: it is seen here, before the word is,
// which has nothing more to tell where it ends there.
struct Beginning {
  char second = '\0';  // where a word is but one octet
  bool goes_on = false;
  const Word* word = nullptr;
};

struct Code {
  std::vector<Word> words;                           // as codes rise
  std::array<std::vector<Beginning>, 256> by_first;  // octet; those that do not end an address
  std::unordered_map<std::string_view, const Word*> endings;
  const Word* any = nullptr;
  const Word* end = nullptr;
};

char second_of(std::string_view text) noexcept {
  return text.size() > 1 ? text[1] : '\0';
}

Code make_code() {
  Code code;
  std::uint32_t next = 0;
  unsigned bits = 0;
  for (const WordsOfLength& length : kAddressWords) {
    next <<= length.bits - bits;
    bits = length.bits;
    for (std::string_view rest = length.words; !rest.empty(); ++next) {
      const std::string_view text = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), text.size() + 1));
      const bool ends = text.ends_with('>');
      code.words.push_back({.text = text.substr(0, text.size() - (ends ? 1 : 0)),
                            .ends = ends,
                            .any = text == "*",
                            .bits = bits,
                            .code = next});
    }
  }
  for (const Word& word : code.words) {
    if (word.any) {
      code.any = &word;
    } else if (word.ends) {
      code.endings.emplace(word.text, &word);
    } else {
      code.by_first.at(static_cast<unsigned char>(word.text.front()))
          .push_back(
              {.second = second_of(word.text), .goes_on = word.text.size() > 2, .word = &word});
    }
  }
  code.end = code.endings.at("");
  return code;
}

const Code& code() {
  static const Code made = make_code();
  return made;
}

// The word that is all of `rest` and ends the address, or null. All but the bare end are domains.
const Word* ending(std::string_view rest) {
  if (rest.front() != '@' && rest.front() != '.') return nullptr;
  const auto found = code().endings.find(rest);
  return found == code().endings.end() ? nullptr : found->second;
}

// The word whose code comes next, or null where the bits end within it.
const Word* read_word(BitReader& from) {
  const Word* first = code().words.data();  // of those with codes of the length at hand
  std::uint64_t read = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; i < kCounts.size(); ++i) {
    const unsigned more = kAddressWords.at(i).bits - bits;
    const auto taken = from.take(more);
    if (!taken) return nullptr;
    read = (read << more) | *taken;
    bits += more;
    // Codes of a length follow each other, and all that begin like a shorter code lie below them.
    if (read - first->code < kCounts.at(i)) return first + (read - first->code);
    first += kCounts.at(i);
  }
  return nullptr;  // never, as the code is complete
}

}  // namespace

bool write_address(BitWriter& to, std::string_view address) {
  if (address.empty() || address.size() > kLongestCodedAddress) return false;
  // From the end on: with which word to go on at each octet so that the fewest bits are needed.
  struct Step {
    const Word* word;
    std::uint32_t bits;
  };
  std::array<Step, kLongestCodedAddress + 1> steps;
  const Code& table = code();
  steps.at(address.size()) = {table.end, table.end->bits};
  for (std::size_t at = address.size(); at-- > 0;) {
    Step best{table.any, table.any->bits + kOctetBits + steps.at(at + 1).bits};
    const std::string_view rest = address.substr(at);
    const char next = second_of(rest);
    for (const auto& [second, goes_on, word] :
         table.by_first.at(static_cast<unsigned char>(rest.front()))) {
      if (second != '\0' && second != next) continue;
      if (goes_on && !rest.starts_with(word->text)) continue;
      const std::uint32_t bits = word->bits + steps.at(at + word->text.size()).bits;
      if (bits < best.bits) best = {word, bits};
    }
    const Word* const last = ending(rest);
    if (last != nullptr && last->bits < best.bits) best = {last, last->bits};
    steps.at(at) = best;
  }
  for (std::size_t at = 0;;) {
    const Word& word = *steps.at(at).word;
    to.put(word.code, word.bits);
    if (word.any) to.put(static_cast<unsigned char>(address.at(at)), kOctetBits);
    if (word.ends) return true;
    at += word.text.size();  // that of any octet has one, too: its mark
  }
}

std::optional<std::string> read_address(BitReader& from) {
  std::string address;
  while (address.size() <= kLongestCodedAddress) {
    const Word* const word = read_word(from);
    if (word == nullptr) return std::nullopt;
    if (word->any) {
      const auto octet = from.take(kOctetBits);
      if (!octet) return std::nullopt;
      address += static_cast<char>(*octet);
    } else {
      address += word->text;
    }
    if (!word->ends) continue;
    if (address.empty() || address.size() > kLongestCodedAddress) return std::nullopt;
    return address;
  }
  return std::nullopt;
}

}  // namespace optout
