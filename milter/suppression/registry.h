// What tokens refer to instead of saying it: lists, and addresses too long to fit into a local
// part.
//
// A token outlives every daemon, so what it refers to is never forgotten and never changes its
// meaning. `reference` is made of what it refers to (unsubscribe/set_reference.h), so two daemons
// agree without asking each other.
//
// Threads: every method may be called from any thread, at any time, without further locking.

#pragma once

#include "suppression/opt_out.h"
#include "suppression/set_name.h"
#include "util/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct KnownList {
  std::string id;        // as it stands in the name of its set
  std::string tenant{};  // empty: a list of nobody's in particular
  std::string name{};    // for people; text from mail, as unsafe as that
  std::uint32_t reference = 0;
  Instant first_seen{};

  SetName set() const { return SetName::list(id, tenant); }

  friend bool operator==(const KnownList&, const KnownList&) = default;
};

enum class Noted {
  added,
  already_there,
  full,   // not noted: this tenant has too many lists
  taken,  // not noted: the reference means another set
};

class Registry {
public:
  // List-Ids are whatever senders write: of each tenant only so many are kept, so that no sender
  // can fill Redis with lists that do not exist. Those that are known stay known.
  static constexpr std::size_t kMostLists = 10'000;
  static constexpr std::size_t kLongestName = 200;  // octets; the rest is cut off

  virtual ~Registry() = default;

  // Only after `added` or `already_there` may tokens carry the reference. Of a list that is known,
  // the earlier date stands, and the earlier name unless it was empty.
  virtual Result<Noted> note(const KnownList& list) = 0;

  // The set that a reference stands for; nothing if nobody noted it.
  virtual Result<std::optional<SetName>> set_of(std::uint32_t reference) = 0;

  // Those of one tenant, or of nobody in particular, by id. For people, not for the hot path.
  virtual Result<std::vector<KnownList>> lists(std::string_view tenant) = 0;

  // Of a reference that is kept already, the member stands that was there first. The reference is
  // a keyed hash of the address, so it is hers, too, if in another spelling: a digest, or none.
  virtual Result<Done> keep_address(std::uint64_t reference, std::string_view member) = 0;

  // The member that a reference stands for; nothing if nobody kept it.
  virtual Result<std::optional<std::string>> member_of(std::uint64_t reference) = 0;
};

}  // namespace optout
