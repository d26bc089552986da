#include "unsubscribe/reply_address.h"

namespace optout {

std::string reply_address(std::string_view token, std::string_view domain) {
  std::string address = "u+";
  address.append(token).append("@").append(domain);
  return address;
}

std::optional<std::string_view> token_of(std::string_view local_part) noexcept {
  if (local_part.size() < 2 || (local_part[0] != 'u' && local_part[0] != 'U') ||
      local_part[1] != '+') {
    return std::nullopt;
  }
  return local_part.substr(2);
}

}  // namespace optout
