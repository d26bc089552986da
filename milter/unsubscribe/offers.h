// What a mail offers its recipient to unsubscribe with: an address and, where there is a page, a
// link, each with a token of her own.
//
// An address that is too long for a token in a local part is kept in Redis, once, and the token
// refers to it; where that cannot be done, the link alone is offered.
//
// Threads: any.

#pragma once

#include "suppression/member_options.h"
#include "suppression/registry.h"
#include "unsubscribe/options.h"
#include "unsubscribe/token.h"
#include "util/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

struct Offer {
  std::string link;              // "https://optout.example.com/u/TOKEN"; empty: none
  std::string mailto;            // "mailto:u+TOKEN@optout.example.com?subject=…"; empty: none
  std::optional<Error> fault{};  // why her address could not be kept, so that there is no mailto

  friend bool operator==(const Offer&, const Offer&) = default;
};

class Offers {
public:
  // `registry` may be null: then no address is kept, as where nothing may be written.
  Offers(const UnsubscribeOptions& options, std::shared_ptr<const Tokens> tokens,
         std::shared_ptr<Registry> registry, MemberOptions members);

  // For the recipient with this lookup key, in a mail of this day, to opt out of `scope`, as it
  // stands in a token. Empty where no token can be made.
  Offer offer(std::string_view address, std::optional<std::uint32_t> scope,
              std::chrono::sys_days today) const;

private:
  // For an address whose token would be too long for a local part. Appends it to `text`.
  bool mint_stored(const Token& token, std::string& text, Offer& offer) const;

  std::string mailto_for(std::string_view token) const;

  const std::string mailto_;  // for no token: "mailto:u+@optout.example.com?subject=unsubscribe%20"
  const std::string link_;
  const std::shared_ptr<const Tokens> tokens_;
  const std::shared_ptr<Registry> registry_;
  const MemberOptions members_;
};

}  // namespace optout
