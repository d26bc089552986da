// Under which spellings a recipient is looked up and written. Plain data, filled by config/.

#pragma once

#include <map>
#include <string>

namespace optout {

struct MemberOptions {
  enum class Store { plain, digest };
  enum class PlusTags { exact, also_base };

  Store store = Store::plain;  // what we write; lookups always ask for both where keys are given
  PlusTags plus_tags = PlusTags::exact;  // also_base: "ann+news@…" is also looked up as "ann@…"
  // Digest keys by number, 32 octets each. Never retired: members written with them stay.
  std::map<unsigned, std::string> digest_keys;
  std::string digest_keys_file;  // where they came from

  friend bool operator==(const MemberOptions&, const MemberOptions&) = default;
};

}  // namespace optout
