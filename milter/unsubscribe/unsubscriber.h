// Records what a token asks for, whichever way it came back to us: by mail or by click.
//
// The token says whose opt-out it is and from what, and is all the authority there is; who sent it
// back does not matter (AR-12, ID-16).
//
// Threads: any.

#pragma once

#include "suppression/member_options.h"
#include "suppression/registry.h"
#include "suppression/store.h"
#include "unsubscribe/token.h"
#include "util/result.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct UnsubscribeRequest {
  Token token;
  Source source = Source::reply;
  std::string message_id{};  // of the mail it came by
  std::string from{};        // who wrote that; empty where it is not to be kept
};

struct Unsubscribed {
  enum class Outcome {
    added,
    already_there,
    outranked,   // asked for before a newer consent: not applied (AT-05)
    no_address,  // the token refers to an address that nobody keeps: nothing can be done
  };
  Outcome outcome = Outcome::no_address;
  SetName set;           // what she has opted out of
  bool guessed = false;  // nobody knows what the token refers to: so of everything, of each tenant
  std::string member;    // whom it was about, as written

  friend bool operator==(const Unsubscribed&, const Unsubscribed&) = default;
};
std::string_view to_string(Unsubscribed::Outcome outcome) noexcept;

class Unsubscriber {
public:
  // `configured` are the sets that streams honour by name, with their tenants' global ones: known
  // without asking. `registry` may be null: then no more is known than that.
  Unsubscriber(std::shared_ptr<SuppressionStore> store, std::shared_ptr<Registry> registry,
               MemberOptions members, std::span<const SetName> configured);

  // Whether a reference means one of the configured sets, but not this one: then no token may carry
  // it for this one.
  bool means_another(std::uint32_t reference, const SetName& set) const;

  // Returns a value only once the opt-out is in the store. To be asked again after an Error; doing
  // so is harmless.
  Result<Unsubscribed> record(const UnsubscribeRequest& request) const;

  // Which of several need not be recorded again, as nothing would change: in a few round trips for
  // all that opt out of the same. Nothing is said of the others: they may be recorded as well, or
  // `until` has passed.
  std::vector<std::optional<Unsubscribed>> recorded_before(
      std::span<const Token> tokens, std::chrono::steady_clock::time_point until) const;

private:
  // One set, unless the token refers to one that nobody knows any more: then everything, of every
  // tenant it may have been of. Too much, but never too little.
  Result<std::vector<SetName>> sets_of(const Token& token) const;
  Result<std::string> member_of(const Token& token) const;
  // Other spellings of the same address under which she may have come back.
  std::vector<std::string> other_members(const Token& token, const std::string& member) const;

  const std::shared_ptr<SuppressionStore> store_;
  const std::shared_ptr<Registry> registry_;
  const MemberOptions members_;
  std::map<std::uint32_t, SetName> configured_;
  std::vector<SetName> globals_;  // the common one first, and each tenant's
};

}  // namespace optout
