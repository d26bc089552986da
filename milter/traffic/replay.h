// What the bulk guard would have said about mail of the past: the limits of a configuration, and
// the judgement of the daemon (guard/judgement.h), with people counted here instead of in Redis.
//
// Windows move as they do in Redis (guard/tally.h), but everybody is counted exactly. Allowances
// and the end of a trip by hand are not known here. As if the guard enforced, whatever its mode.
//
// Besides, the most that each limit would have counted had nothing been stopped: that is what
// limits are chosen by.

#pragma once

#include "guard/guard.h"
#include "guard/judgement.h"
#include "policy/stream_selector.h"
#include "traffic/mail_order.h"
#include "traffic/people_window.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace optout {

// A limit of a sender, and how close it came.
struct ReplayedLimit {
  std::string sender;
  Limit limit;
  bool is_told = true;           // false: the files do not tell what this limit is about
  std::uint64_t peak = 0;        // of opted_out: who had opted out
  std::uint64_t peak_among = 0;  // of opted_out: among so many
  std::optional<MailTime> peak_at{};
  std::uint64_t trips = 0;
  std::optional<MailTime> tripped_at{};  // first
  std::uint64_t through = 0;             // different people mailed within the window until then
  std::uint64_t stopped = 0;             // people to whom mail was stopped, each time they were
};

// Limits that nothing passes, to measure by where none are configured.
Limits measuring_limits();
bool is_measuring(const Limit& limit) noexcept;

class TrafficReplay {
public:
  // Borrows the streams. Without any limits in `options`, it measures.
  TrafficReplay(std::span<const Stream> streams, GuardOptions options, Told told);

  // Mail in the order of time.
  void play(const PastMail& mail);

  // Senders that trip first, by when they do; then those that came closest to a limit.
  std::vector<ReplayedLimit> results() const;

  std::uint64_t messages() const noexcept { return messages_; }
  std::uint64_t not_guarded() const noexcept { return not_guarded_; }  // messages: the guard is off

private:
  // Two counts of the same: as the guard would have it, and as if there were none.
  struct Counted {
    Counted(std::chrono::seconds window, WindowMoves moves)
        : people(window, moves),
          opted_out(window, moves),
          all_people(window, WindowMoves::on),
          all_opted_out(window, WindowMoves::on) {}

    PeopleWindow people;
    PeopleWindow opted_out;
    PeopleWindow all_people;
    PeopleWindow all_opted_out;
    MailTime tripped_until{};
    MailTime warned_until{};

    bool is_over(MailTime now);  // nothing is left to be known
  };
  static constexpr std::size_t kFewest = 64;  // messages, which are not worth a sweep
  struct Watched {
    ReplayedLimit result;
    std::map<std::uint64_t, Counted> counted{};  // by message, of same_message; else one
    std::size_t sweep_at = kFewest;
  };
  struct Sender {
    GuardedSender who;
    std::vector<Watched> limits;
  };

  std::optional<GuardedSender> sender_of(const PastMail& mail) const;
  bool applies(const Limit& limit, const PastMail& mail) const noexcept;
  bool is_told(const Limit& limit) const noexcept;
  static Counted& counted(Watched& watched, const PastMail& mail);
  static LimitStanding standing(const Limit& limit, Counted& counted, const PastMail& mail);
  static void note_peak(ReplayedLimit& result, Counted& counted, const PastMail& mail);
  static void note_trip(ReplayedLimit& result, Counted& counted, const PastMail& mail);

  const StreamSelector selector_;
  const Guard guard_;
  const Told told_;
  std::map<std::string, Sender, std::less<>> senders_;
  std::uint64_t messages_ = 0;
  std::uint64_t not_guarded_ = 0;
};

}  // namespace optout
