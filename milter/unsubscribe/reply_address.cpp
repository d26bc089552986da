#include "unsubscribe/reply_address.h"

#include "address/ascii.h"

namespace optout {

std::string reply_address(std::string_view token, std::string_view domain) {
  std::string address = "u+";
  address.append(token).append("@").append(domain);
  return address;
}

std::optional<std::string_view> token_of(std::string_view local_part) noexcept {
  constexpr std::string_view kWithBlank = "\"u ";
  if (ascii::starts_with(local_part, kWithBlank) && local_part.ends_with('"'))
    return local_part.substr(kWithBlank.size(), local_part.size() - kWithBlank.size() - 1);
  for (const std::string_view prefix : {"u+", "u%2b"}) {
    if (ascii::starts_with(local_part, prefix)) return local_part.substr(prefix.size());
  }
  return std::nullopt;
}

}  // namespace optout
