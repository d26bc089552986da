#include "session/negotiation.h"

#include "policy/policy.h"

namespace optout {

Negotiation negotiation_for(const Config& config) {
  const Envelope ordinary;
  Negotiation wanted{.recipients_answered = false, .data_shown = !config.listen.address.is_unix()};
  for (const Stream& stream : config.streams) {
    const bool at_recipient = decides_at_recipient(stream, ordinary);
    wanted.recipients_answered = wanted.recipients_answered || at_recipient;
    wanted.data_shown = wanted.data_shown || (at_recipient && !needs_headers(stream, ordinary));
  }
  return wanted;
}

}  // namespace optout
