#include "session/negotiation.h"

#include "policy/policy.h"

namespace optout {

Negotiation negotiation_for(const Config& config) {
  const Envelope ordinary;
  Negotiation wanted{.recipients_answered = false,
                     .data_answered = !config.listen.address.is_unix()};
  for (const Stream& stream : config.streams) {
    const Stream* const candidates[] = {&stream};
    const bool at_recipient = decides_at_recipient(candidates, ordinary);
    wanted.recipients_answered = wanted.recipients_answered || at_recipient;
    wanted.data_answered =
        wanted.data_answered || (at_recipient && !needs_headers(candidates, ordinary));
  }
  return wanted;
}

}  // namespace optout
