// One message on its way past the guard: its people are counted, it is judged, and what came of it
// is put down.
//
//   ask()       composes the question; it may travel along with the lookup
//   answer()    reads what came back, and judges
//   put_down()  undoes the counting where the mail does not go out; records trips and warnings
//
// Counting comes before asking, in one batch: so whoever reads that not too many were counted is
// among those who may pass, however many relays and connections count at once. Whom a message that
// is stopped was for is taken off again, or mail that is deferred and tried again would keep its
// sender over the limit for ever.
//
// Threads: one at a time.

#pragma once

#include "guard/guard.h"
#include "guard/judgement.h"
#include "redis/companion.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace optout {

struct GuardedMessage {
  Fingerprint print{};
  bool has_list_unsubscribe = false;
  std::string id;  // the queue's name of it, empty where the MTA has told none
};

// A limit that this message was the first to pass: for the log, the event, and whoever is told.
struct TripNote {
  LimitKind kind;
  std::string limit;  // name_for() it
  Trip trip;
  std::vector<std::string> passed{};  // "mx1/4TbXyZ1k2l": mail of this sender that went out before
  std::uint64_t passed_in_all = 0;    // of which `passed` are the latest
};

struct WarningNote {
  LimitKind kind;
  std::string limit;
  std::string amount;
  LimitStanding standing;
};

class GuardCheck {
public:
  // Borrows `guard`, which must outlive it. `monitored`: nothing will be done about what it says.
  GuardCheck(Guard& guard, GuardedSender sender, GuardedMessage message, bool monitored);

  // Composes the question. `people` will get the message, as far as is known; `opted_out` would
  // have been among them.
  void ask(std::vector<Person> people, std::vector<Person> opted_out = {});
  redis::Companion& companion() noexcept { return companion_; }
  bool was_asked() const noexcept { return unset_clock_ || !companion_.commands.empty(); }
  // Has it answered, if nobody took it along.
  void ask_alone();

  // Of `people` of ask(), these are opted out after all: they will get nothing.
  // What goes wrong here, answer() tells.
  void leave_out(std::span<const Person> opted_out);

  // What happens to the message. An error: nobody can tell.
  Result<GuardVerdict> answer();

  // `goes_out`: whether its people are mailed, or would be but for monitoring.
  void put_down(const GuardVerdict& verdict, bool goes_out);

  const GuardedSender& sender() const noexcept { return sender_; }
  bool monitored() const noexcept { return monitored_; }
  // The limit that verdict.limit means, and how it stands.
  const Limit& limit(std::size_t index) const { return limits_.at(index); }
  const LimitStanding& standing(std::size_t index) const { return standings_.at(index); }

  // What put_down() found to be worth telling, and what went wrong there, if anything.
  const std::vector<TripNote>& trips() const noexcept { return trip_notes_; }
  const std::vector<WarningNote>& warnings() const noexcept { return warning_notes_; }
  const std::optional<Error>& trouble() const noexcept { return trouble_; }

private:
  // One tally asked about.
  struct Count {
    Tally tally;
    bool adds_people = false;     // those who get the message
    bool adds_opted_out = false;  // those who would have
    std::size_t limit = 0;
    bool is_opted_out = false;     // the part of a share
    std::vector<Person> people{};  // those added
    TallyReading reading{};
  };

  void compose();
  Result<Done> read();  // once; then what came of it
  Result<Done> read_replies();
  Result<Done> count_opted_out(std::span<const Person> opted_out);
  Result<Done> count_allowed();
  LimitStanding stand(std::size_t limit) const;
  void undo(redis::Commands& commands) const;
  void record_trips(const GuardVerdict& verdict);
  void record_warnings(const GuardVerdict& verdict);
  RedisTime now() const noexcept { return stamp_ / 1000; }
  Result<std::vector<redis::Reply>> run(const redis::Commands& commands);

  Guard& guard_;
  const GuardedSender sender_;
  const GuardedMessage message_;
  const bool monitored_;
  Limits limits_;  // those of the sender, and the allowance where there is one
  std::vector<LimitStanding> standings_;
  std::vector<Person> people_;
  std::vector<Person> opted_out_;
  Stamp stamp_ = 0;
  bool asked_time_ = false;
  std::vector<Count> counts_;
  redis::Companion companion_;
  SenderState state_;
  std::string passed_entry_;  // of the message in the stream of those let through
  std::optional<Count> allowed_;
  std::optional<Error> unset_clock_;
  std::optional<Result<Done>> read_;
  std::vector<TripNote> trip_notes_;
  std::vector<WarningNote> warning_notes_;
  std::optional<Error> trouble_;
};

}  // namespace optout
