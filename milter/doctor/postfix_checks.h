// What goes wrong in practice where Postfix asks us, one function for each subject.
//
// Pure functions, but for what a MapLookup asks.

#pragma once

#include "config/config.h"
#include "doctor/finding.h"
#include "doctor/postfix.h"

namespace optout::doctor {

// Who asks us and who does not; paths that a chroot hides; filters behind which nothing works.
Findings check_listeners(const Postfix& postfix, const Config& config);

// milter_default_action, milter_protocol and the timeouts, as they are in force for us.
Findings check_milter_settings(const Postfix& postfix, const Config& config);

// Whether who signs comes behind us.
Findings check_order(const Postfix& postfix, const Config& config);

// Names of listeners that streams ask for and no listener has.
Findings check_listener_names(const Postfix& postfix, const Config& config);

// What Postfix makes of addresses before and after it has asked us.
Findings check_addresses(const Postfix& postfix, const Config& config);

// Whether listeners that ask us take bare newlines for ends of lines (AT-12).
Findings check_bare_newlines(const Postfix& postfix, const Config& config);

// How soon Postfix hangs up on senders whose recipients are refused.
Findings check_error_limits(const Postfix& postfix, const Config& config);

// Whether mail to unsubscribe addresses gets in, and to us.
Findings check_unsubscribe_domain(const Postfix& postfix, const Config& config,
                                  const MapLookup& lookup);

// All of them.
Findings check_postfix(const Postfix& postfix, const Config& config, const MapLookup& lookup);

// Whether any stream adds header fields, which a signer must come behind to sign.
bool adds_fields(const Config& config);

}  // namespace optout::doctor
