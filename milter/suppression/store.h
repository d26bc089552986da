// Remembers who has opted out of what.
//
// "Has this recipient opted out?" has three answers: yes, no, and "cannot tell right now". This
// interface never folds the third into either of the others: it is the Error of the Result. What it
// does to the mail is the administrator's choice (on_outage), and is made in policy/, not here.
//
// Threads: every method may be called from any thread, at any time, without further locking.

#pragma once

#include "suppression/opt_out.h"
#include "suppression/set_name.h"
#include "util/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

namespace redis {
class Companion;
}

// Who is asked about: every spelling under which this one recipient may be in a set (see
// members.h), most specific first. A hit on any of them is a hit.
struct Spellings {
  std::vector<std::string> members;
};

// Why a recipient is listed: a set that holds one of its spellings, the first of those whose
// evidence has not expired.
struct Listing {
  SetName set;
  std::string member;
  std::optional<Evidence> evidence;  // nothing for members that others added
  // Why nobody can tell whether this is a listing at all: the set, or the evidence of a bounce that
  // may have expired, cannot be read. Nothing where she is listed, and we know.
  std::optional<Error> doubt{};
  // She is not listed there any more; only listings() tells of this.
  std::optional<Withdrawal> withdrawn{};

  friend bool operator==(const Listing&, const Listing&) = default;
};

// Where a recipient is listed, in the order of the sets asked for, each set at most once. Empty:
// not listed, and we know.
using Answer = std::vector<Listing>;

// When the evidence of a listing is fetched: by a second round trip once somebody is listed, which
// costs all others nothing; or blindly along with the question, where nobody may wait for two.
enum class FetchEvidence { if_listed, at_once };

enum class Recorded {
  added,
  already_there,
  outranked,  // by a withdrawal on a later day than OptOut::asked: nothing was added
};

class SuppressionStore {
public:
  virtual ~SuppressionStore() = default;

  // Answers for each recipient, in the order given. One round trip however many recipients,
  // spellings and sets there are, and for evidence what `fetch` says. Whom a single set was not
  // read for may be in it (Listing::doubt). Fault::schema_missing if the store has not been
  // initialised (an empty Redis is not "nobody"). `along` travels in the same round trip, if not
  // null, and where there is one.
  virtual Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                           std::span<const SetName> sets,
                                           FetchEvidence fetch = FetchEvidence::if_listed,
                                           redis::Companion* along = nullptr) = 0;

  // Records `opt_out`, its evidence and an event, all or nothing. Recording it again is harmless
  // and the earlier evidence stands, except where it has an expiry: of bounces the last one counts.
  // Where it is outranked, only an event is left.
  // After a failure it may have been recorded or not. Never tell whoever asked that it was; let
  // them ask again.
  virtual Result<Recorded> record(const OptOut& opt_out) = 0;

  // Forgets that `member` is in `set`, and returns whether it was. Other sets stay as they are. Who
  // did it, when and why is kept as a Withdrawal, for good, and as an event; of a member of whom
  // nothing is known there is nothing to withdraw.
  virtual Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                                std::string_view because) = 0;

  // Everything that is known of any of these spellings, in the common sets and in those of the
  // tenants that `sets` names: for people, not for the hot path. `sets` are the sets asked for in
  // addition to those the evidence names. Last come the sets in which a spelling no longer is
  // (Listing::withdrawn).
  virtual Result<std::vector<Listing>> listings(const Spellings& recipient,
                                                std::span<const SetName> sets) = 0;

  // Marks this store as ours, which makes find() answer, and notes the digest keys in use. Returns
  // false if there was nothing to do. `by` is kept in the event.
  virtual Result<bool> init(std::string_view by) = 0;
};

}  // namespace optout
