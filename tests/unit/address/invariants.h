// What must hold for the key of every input whatsoever. Shared with the fuzzer.

#pragma once

#include "address/lookup_key.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace optout {

// What is wrong with the key of `path`, or an empty string.
inline std::string broken_invariant(std::string_view path) {
  const LookupKey found = lookup_key(path);
  const std::string& key = found.key;
  const auto wrong = [&](std::string_view what) {
    return std::string(what) + ": \"" + std::string(path) + "\" gave \"" + key + "\"";
  };

  if ((found.status == KeyStatus::invalid) != key.empty())
    return wrong("a key if and only if valid");
  if (key.size() > std::max<std::size_t>(path.size(), 254)) return wrong("a key too long");
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (std::any_of(key.begin(), key.end(), is_control)) return wrong("a control character in a key");
  if (key.starts_with('@') && key.rfind('@') == 0)
    return wrong("a key like that of a whole domain");

  if (!key.empty() && lookup_key(key) != found) return wrong("the key of the key is another");

  if (found.status == KeyStatus::ok) {
    const std::size_t tag = key.ends_with(']') ? key.rfind("@[IPv6:") : std::string::npos;
    for (std::size_t i = 0; i < key.size(); ++i) {
      const bool in_tag = tag != std::string::npos && i > tag && i < tag + 6;
      if (key[i] >= 'A' && key[i] <= 'Z' && !in_tag) return wrong("a capital in a key");
    }
    if (domain_key(found.domain()) != found.domain())
      return wrong("the key of the domain is another");
    if (key.find('@') == 0 || found.domain().empty()) return wrong("half an address");
    const std::string base = without_plus_tag(key);
    if (!base.empty() && lookup_key(base) != LookupKey{KeyStatus::ok, base}) {
      return wrong("no key without its plus tag");
    }
  }
  return {};
}

}  // namespace optout
