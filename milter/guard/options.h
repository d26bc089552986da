// What the administrator says about the bulk guard. Plain data, filled by config/.

#pragma once

#include "guard/limit.h"
#include "util/socket_address.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace optout {

// By what a sender is told from others: the SASL user, the network that connects, the domain of the
// envelope sender.
enum class IdentityKind { auth, client, sender };
inline constexpr std::array kIdentityKinds = {IdentityKind::auth, IdentityKind::client,
                                              IdentityKind::sender};
std::string_view to_string(IdentityKind kind) noexcept;

// off: nothing is counted. monitor: counted, and said what would be done. As the mode of the whole
// configuration, or of a stream, it changes nothing about mail.
enum class GuardMode { off, monitor, enforce };

enum class GuardOutage { accept, defer };  // what becomes of mail that cannot be counted

// Limits of their own, or none at all, for some mail. What is counted there is counted apart.
struct OwnLimits {
  bool off = false;
  Limits limits;  // empty where off

  friend bool operator==(const OwnLimits&, const OwnLimits&) = default;
};

struct SenderRule {
  std::string who;  // a pattern of identities, in lower case: "auth:crm", "client:192.0.2.*"
  OwnLimits own;

  friend bool operator==(const SenderRule&, const SenderRule&) = default;
};

struct GuardOptions {
  GuardMode mode = GuardMode::enforce;
  std::vector<IdentityKind> identity = {IdentityKind::auth, IdentityKind::client,
                                        IdentityKind::sender};  // the first one known
  Limits limits;  // for everybody without limits of their own; none: the guard is off there
  std::vector<SenderRule> senders;  // the first that matches counts
  unsigned warn_at = 80;            // percent of a limit; 100: never before it is passed
  GuardOutage on_outage = GuardOutage::accept;
  std::string notify;  // who is mailed once a trip; empty: nobody
  SocketAddress notify_via{.path = {}, .host = "127.0.0.1", .port = 25};

  friend bool operator==(const GuardOptions&, const GuardOptions&) = default;
};

}  // namespace optout
