#include "session/negotiation.h"

#include "policy/policy.h"

namespace optout {

Negotiation negotiation_for(const Config& config) {
  const Envelope ordinary;
  Negotiation wanted{.recipients_answered = can_refuse_at_recipient(config.streams),
                     .data_answered = !config.listen.address.is_unix()};
  for (const Stream& stream : config.streams) {
    const Stream* const candidates[] = {&stream};
    wanted.data_answered = wanted.data_answered || (decides_at_recipient(candidates, ordinary) &&
                                                    !needs_headers(candidates, ordinary));
  }
  return wanted;
}

}  // namespace optout
