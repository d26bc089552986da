#include "population.h"

#include <fmt/format.h>

#include <iterator>

namespace optout::bench {
namespace {

constexpr std::uint64_t kOneIn = 20;          // 5 %
constexpr std::uint64_t kOthers = 1'000'000;  // who did not opt out
constexpr unsigned kDomains = 100;

void write(std::string& out, bool suppressed, std::uint64_t number) {
  out.clear();
  fmt::format_to(std::back_inserter(out), "{}.{:06}@c{}.example.net", suppressed ? "lena" : "paul",
                 number, number % kDomains);
}

}  // namespace

std::string Population::member(unsigned number) {
  std::string address;
  write(address, true, number);
  return address;
}

void Population::choose(Addressee& who) {
  who.suppressed = suppressed_ > 0 && random() % kOneIn == 0;
  write(who.macro, who.suppressed, random() % (who.suppressed ? suppressed_ : kOthers));
  who.path.clear();
  fmt::format_to(std::back_inserter(who.path), "<{}>", who.macro);
  who.path[1] = static_cast<char>(who.path[1] - 'a' + 'A');
}

// splitmix64: a few instructions, and random enough.
std::uint64_t Population::random() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

}  // namespace optout::bench
