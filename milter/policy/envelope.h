// What is known of a message when MAIL has been said: plain data, filled by message/.

#pragma once

#include <string>

namespace optout {

struct Envelope {
  bool null_sender = false;  // MAIL FROM:<>
  // sendmail(1) and other mail that came not by SMTP: refusing a recipient there jams Postfix'
  // queue (SC-13).
  bool pickup = false;
  // What streams are chosen by; empty where the MTA does not say.
  std::string sender{};    // as a lookup key; "<>" is the null sender
  std::string auth{};      // the SASL user
  std::string client{};    // an IP address
  std::string listener{};  // what the MTA calls the service that took the mail
};

}  // namespace optout
