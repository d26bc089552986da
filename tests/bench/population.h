// Who the mail is for: 5 % of all recipients are suppressed, chosen at random but the same in every
// run, so that what is compared was asked the same questions.
//
// Addresses are written as people type them, with a capital letter; members of the set are lookup
// keys.
//
// Threads: one at a time.

#pragma once

#include <cstdint>
#include <string>

namespace optout::bench {

struct Addressee {
  std::string path;   // as RCPT gives it: "<Lena.000017@c17.example.net>"
  std::string macro;  // as Postfix has it in {rcpt_addr}
  bool suppressed = false;
};

class Population {
public:
  explicit Population(unsigned suppressed) : suppressed_(suppressed) {}

  // The `number`th member of the suppression set, of `suppressed` there are.
  static std::string member(unsigned number);

  // Makes `who` the next recipient. Reuses the memory of the one before.
  void choose(Addressee& who);

private:
  std::uint64_t random();

  unsigned suppressed_;
  std::uint64_t state_ = 0;
};

}  // namespace optout::bench
