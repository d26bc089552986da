// The recipients of one message that are unsubscribe addresses of ours: whoever mails one asks us
// to record an opt-out, whatever else the message says (AR-03, AR-12, AR-13).
//
// They are no recipients to be looked up or counted: the MTA never delivers to them.
//
// Threads: those of the Transaction.

#pragma once

#include "address/lookup_key.h"
#include "confirm/automatic_mail.h"
#include "message/message_log.h"
#include "message/mta.h"
#include "message/snapshot.h"
#include "unsubscribe/token.h"
#include "util/result.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

class Requests {
public:
  // More in one message than any mail program writes, and as few as may be sent back at RCPT
  // (SC-06): the sender mails the others again, so none is lost (AR-14). Where RCPT has no answer
  // all are taken, as whoever came behind these would be behind them at each attempt.
  static constexpr std::size_t kMost = 100;

  // `sender` is the envelope's, as given.
  Requests(const Snapshot& snapshot, std::string_view sender) : snapshot_(snapshot) {
    automatic_.from(sender);
  }

  enum class Kind { none, request, too_many, bad_token };
  // What a recipient is; a request is kept, unless there are too many. Whoever has a bad token is a
  // recipient like any other. Where the address as given holds none, it is looked for in what the
  // MTA made of it ({rcpt_addr}), if it says so. `may_refuse`: that there are too many can be
  // answered.
  Kind take(std::string_view as_given, const LookupKey& key, std::string_view made_of_it,
            bool may_refuse);
  // Another recipient, who shares their fate but asks for nothing.
  void swallow(std::string as_given) { swallowed_.push_back({std::move(as_given), std::nullopt}); }

  bool empty() const noexcept { return requests_.empty(); }
  unsigned count() const noexcept { return static_cast<unsigned>(requests_.size()); }
  unsigned bad_tokens() const noexcept { return bad_tokens_; }
  // How many recipients are to be taken off the envelope.
  std::size_t swallowed() const noexcept { return swallowed_.size(); }
  // Whether record() has found one that nobody can act upon, so that its mail goes its way.
  bool passes_on() const noexcept { return passes_on_; }

  void header(std::string_view name, std::string_view value);

  // Records all, one after the other, and logs each; one that fails keeps no other from being
  // recorded. Stops when it takes too long. The first error is returned: then it is to be done
  // again, which is harmless, and goes on from there. `from` is who wrote the message. One whose
  // address nobody keeps any more is passed on like a bad token, unless it `discards`.
  Result<Done> record(const std::string& from, bool discards, const MessageFacts& facts, Mta& mta);

  // Takes off the envelope who is to be swallowed. False where the MTA cannot.
  bool take_off_envelope(Mta& mta) const;

private:
  struct Swallowed {
    std::string as_given;
    std::optional<std::size_t> request;  // which one it makes
  };
  // What stands in an address at our domain: a good token, or what looks like one.
  struct Found {
    bool prefixed = false;
    std::optional<Token> token;
  };
  Found look_into(const LookupKey& key) const;
  void pass_on(std::size_t request);
  // What is kept of who wrote the message: in a store of digests, a digest.
  std::string author_kept(const std::string& from) const;
  // Has a confirmation sent, where the configuration says so and nobody is bothered by it.
  void confirm(const Token& token, const Unsubscribed& done, const std::string& from,
               Mta& mta) const;

  const Snapshot& snapshot_;
  std::vector<Token> requests_;  // each once
  std::vector<Swallowed> swallowed_;
  unsigned bad_tokens_ = 0;
  bool passes_on_ = false;
  std::optional<std::string> message_id_;  // the first one
  AutomaticMail automatic_;
};

}  // namespace optout
