// How many different people within a window of time, counted exactly: what a tally (guard/tally.h)
// is in Redis. Holds the mail of one window, and next to nothing where there is none.

#pragma once

#include "guard/tally.h"
#include "traffic/delivery.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace optout {

// A window moves on with every moment; or it begins with the first mail, and once it has passed,
// the next one with the next mail. The former is what small numbers are counted in.
enum class WindowMoves { on, in_leaps };

class PeopleWindow {
public:
  PeopleWindow(std::chrono::seconds window, WindowMoves moves) : window_(window), moves_(moves) {}

  // How many there are at `now`, and how many there would be with `people`, none of whom is named
  // twice. Times never go back.
  std::uint64_t count(MailTime now);
  std::uint64_t count_with(std::span<const Person> people, MailTime now);
  void add(std::span<const Person> people, MailTime now);
  void clear();

private:
  void move_to(MailTime now);

  std::chrono::seconds window_;
  WindowMoves moves_;
  MailTime began_{};                                 // where the window moves in leaps
  std::unordered_map<Person, MailTime> last_;        // mailed when
  std::vector<std::pair<MailTime, Person>> mailed_;  // oldest first, from `begin_` on
  std::size_t begin_ = 0;
};

}  // namespace optout
