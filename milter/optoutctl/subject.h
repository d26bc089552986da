// One recipient, or one whole domain, as somebody typed it.

#pragma once

#include "address/lookup_key.h"
#include "optoutctl/inputs.h"
#include "suppression/member_options.h"
#include "suppression/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout {

struct Subject {
  std::string typed;
  LookupKey key;      // of a whole domain: status ok and the key "@example.com"
  std::string wrong;  // why nobody can be looked up under this; empty if somebody can

  bool whole_domain() const noexcept { return key.key.starts_with('@'); }
};

// Reads "ann@example.com" in any spelling that SMTP allows, or "@example.com" for everybody at a
// domain.
Subject subject_of(const Input& input);

// Why `subject` must not be added to a set: what `wrong` says, and more (AD-27, standards section
// M: what cannot be normalised is looked up, but not written before somebody has looked at it).
// Empty if nothing speaks against it.
enum class Reviewed { no, yes };
std::string unfit(const Subject& subject, Reviewed reviewed = Reviewed::no);

// Under which members exactly this key may stand in a set: itself, and its digests.
std::vector<std::string> own_members(std::string_view key, const MemberOptions& options);

// How `member`, found for `subject`, covers it: "address", "domain", "base" (without the plus tag),
// the same with "_digest" behind it, or "other".
std::string how_matched(std::string_view member, const Subject& subject,
                        const MemberOptions& options);

}  // namespace optout
