// One message on its way past the guard: its people are counted, it is judged, and what came of it
// is put down.
//
//   ask()       says whom it is for; the question may travel along with the lookup
//   answer()    judges by what came back
//   put_down()  undoes the counting where the mail does not go out; records trips and warnings
//
// Counting comes before asking, in one batch: so whoever reads that not too many were counted is
// among those who may pass, however many relays and connections count at once. Whom a message that
// is stopped was for is taken off again, or mail that is deferred and tried again would keep its
// sender over the limit for ever. Somebody whom another message mailed at that same moment goes
// with them: this is the one way in which somebody may be missing.
//
// Messages of one sender that come at the same time are one question (guard_batch.h), in which they
// are counted one after the other.
//
// Threads: one at a time.

#pragma once

#include "guard/guard.h"
#include "guard/judgement.h"
#include "redis/companion.h"

#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace optout {

class GuardBatch;

struct GuardedMessage {
  Fingerprint print{};
  bool has_list_unsubscribe = false;
  std::string id{};  // the queue's name of it, empty where the MTA has told none
};

// A limit that this message was the first to pass: for the log, the event, and whoever is told.
struct TripNote {
  LimitKind kind;
  std::string limit;  // name_for() it
  Trip trip;
  std::vector<std::string> passed{};  // "mx1/4TbXyZ1k2l": mail of this sender that went out before
  std::uint64_t passed_in_all = 0;    // of which `passed` are the latest; passed_text() writes it
};

struct WarningNote {
  LimitKind kind;
  std::string limit;
  std::string amount;
  LimitStanding standing;
};

class GuardCheck final : public redis::Companion {
public:
  // Borrows `guard`, which must outlive it. `monitored`: nothing will be done about what it says.
  GuardCheck(Guard& guard, std::shared_ptr<const SenderPlan> plan, GuardedMessage message,
             bool monitored);
  ~GuardCheck() override;
  GuardCheck(const GuardCheck&) = delete;
  GuardCheck& operator=(const GuardCheck&) = delete;

  // `people` will get the message, as far as is known; `opted_out` would have been among them.
  void ask(std::vector<Person> people, std::vector<Person> opted_out = {});
  bool was_asked() const noexcept { return was_asked_; }
  // Has it answered, if it did not travel with a lookup.
  void ask_alone();

  // Of `people` of ask(), these have opted out after all: they will get nothing. What goes wrong
  // here, answer() tells.
  void leave_out(std::span<const Person> opted_out);

  // What happens to the message. An error: nobody can tell.
  Result<GuardVerdict> answer();

  // `goes_out`: whether its people are mailed, or would be but for monitoring.
  void put_down(const GuardVerdict& verdict, bool goes_out);

  const GuardedSender& sender() const noexcept { return plan_->sender; }
  bool monitored() const noexcept { return monitored_; }
  // The limit that verdict.limit means, and how it stands.
  const Limit& limit(std::size_t index) const {
    return allows(index) ? *allowed_ : limits_of_sender().at(index);
  }
  const LimitStanding& standing(std::size_t index) const { return standings_.at(index); }

  // What put_down() found to be worth telling, and what went wrong there, if anything.
  const std::vector<TripNote>& trips() const noexcept { return trip_notes_; }
  const std::vector<WarningNote>& warnings() const noexcept { return warning_notes_; }
  const std::optional<Error>& trouble() const noexcept { return trouble_; }

  void compose(std::span<redis::Companion* const> all, redis::Commands& commands) override;
  void take(std::span<redis::Companion* const> all,
            const Result<std::span<const redis::Reply>>& replies) override;

private:
  friend class GuardBatch;

  // A limit, and what counts for it. One of both is there.
  struct Count {
    std::size_t limit = 0;
    const Tally* tally = nullptr;
    FieldInquiry inquiry{};  // of all that ask for this tally at a time, in the first of them
    TallyReading reading{};
  };
  struct ShareCount {
    std::size_t limit = 0;
    const Share* share = nullptr;
    FieldInquiry inquiry{};
    ShareReading reading{};
  };

  Result<Done> count_opted_out(std::span<const Person> opted_out);
  void choose_counts(const std::optional<Allowance>& allowance);
  void ask_to_count(redis::Commands& commands) const;
  Result<Done> read_counts(std::span<const redis::Reply> replies);
  // Its share begins anew.
  void forget(redis::Commands& commands, const Share& share);
  Result<Done> count_anew();
  void take_message_state(const redis::Reply& fields);
  // What was left uncounted as it seemed to be of no interest, and is.
  Result<Done> count_closely();
  std::string name_of(std::size_t limit) const;
  // ... and what its trips and notes are called in the state: those of single messages, of which
  // monitor mode only tells, are none of those who enforce.
  std::string kept_as(std::size_t limit) const;
  LimitStanding stand(std::size_t limit) const;
  Trip trip_now(std::size_t limit) const;
  std::optional<TripNote> trip_of(std::size_t limit);
  std::optional<TripNote> untold_trip_of(std::size_t limit);
  void record_warning(std::size_t limit);
  RedisTime now() const noexcept { return stamp_ / 1000; }
  RedisTime end_of(const Limit& limit) const noexcept;
  bool is_of_message(std::size_t limit) const {
    return this->limit(limit).kind == LimitKind::same_message;
  }
  // Where trips and warnings of this limit are kept: with the sender, or with the message.
  const SenderState& state_of(std::size_t limit) const {
    return is_of_message(limit) ? message_state_ : state_;
  }
  // When nothing that the state may hold by then is still in force.
  RedisTime end_of_state(bool of_message) const noexcept;
  // A word that nobody else writes.
  std::string tag() const;
  bool is_in_the_way(std::size_t limit, const std::string& field) const {
    return state_of(limit).is_in_the_way(field);
  }
  void ask_to_claim(redis::Commands& commands, const std::string& field, bool monitored) const;
  void ask_to_note(redis::Commands& commands, std::size_t limit, const std::string& field,
                   std::string_view record) const;
  bool has_claimed(std::span<const redis::Reply> replies) const noexcept;
  bool has_noted(std::span<const redis::Reply> replies, std::size_t limit, const std::string& field,
                 std::string_view record) const;
  void ask_what_passed(redis::Commands& commands) const;
  TripNote tell(std::size_t limit, Trip trip, std::span<const redis::Reply> passed);
  // What somebody else has noted, and nobody has told of.
  std::optional<TripNote> untold(std::size_t limit, Trip trip);
  void ask_to_list(redis::Commands& commands, std::string_view until, bool with_message) const;
  std::string passed_name() const;
  const Limits& limits_of_sender() const noexcept { return plan_->sender.limits; }
  // Whether this index means the allowance.
  bool allows(std::size_t limit) const noexcept { return limit == limits_of_sender().size(); }
  Result<std::vector<redis::Reply>> run(const redis::Commands& commands);

  Guard& guard_;
  const std::shared_ptr<const SenderPlan> plan_;
  const GuardedMessage message_;
  const bool monitored_;
  std::optional<Limit> allowed_;  // behind those of the sender, where there is an allowance
  std::vector<LimitStanding> standings_;
  std::vector<Person> people_;
  std::vector<Person> opted_out_;
  bool was_asked_ = false;
  bool is_among_passed_ = false;  // from the question on, until undone
  Stamp stamp_ = 0;
  const std::uint64_t number_;
  std::unique_ptr<GuardBatch> batch_;  // in the first check of all, while it is being asked
  // Of the batch, for all checks of the same sender; in the first of them.
  std::size_t commands_ = 0;
  bool asks_time_ = true;
  bool keeps_passed_ = true;
  redis::Commands mending_;  // what was found to be without an end is given one

  std::forward_list<Tally> tallies_;  // of this message alone
  std::vector<Count> counts_;
  std::vector<ShareCount> shares_;
  std::optional<Allowance> allowance_;  // that counts_ go by
  SenderState state_;
  std::string message_key_;  // empty where no limit of same_message counts
  SenderState message_state_;
  std::optional<Result<Done>> outcome_;  // of asking
  std::vector<TripNote> trip_notes_;
  std::vector<WarningNote> warning_notes_;
  std::optional<Error> trouble_;
};

}  // namespace optout
