// Opting people out, sending mail, and seeing whom it reached.

#pragma once

#include "support/optout_milter.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

// optoutctl add; throws std::runtime_error if that fails.
void opt_out(const OptoutMilter& milter, const std::string& set,
             const std::vector<std::string>& members);

// Sends a message and returns the last reply. Recipients are given as "<ann@example.com>
// NOTIFY=NEVER".
SmtpReply send(SmtpClient& client, std::string_view sender,
               const std::vector<std::string>& recipients, std::string_view message);

// All at once, with their parameters and in order: an MTA may hand one message on in several
// transactions.
std::vector<std::string> all_recipients(const std::vector<Delivery>& deliveries);

// The same without parameters, separated by blanks: "<ann@example.com> <bob@example.com>".
std::string who_got_mail(const std::vector<Delivery>& deliveries);

}  // namespace optout::test
