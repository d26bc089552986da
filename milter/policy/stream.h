// A stream: a kind of mail, named in the configuration, and what it obeys. Plain data, filled by
// config/.

#pragma once

#include "guard/options.h"
#include "policy/conditions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

enum class Mode { enforce, monitor };  // monitor: decide, log and count, change nothing

// What becomes of a recipient who has opted out. tag ("accept-and-tag"): the mail goes out, with a
// header field that says so.
enum class OnOptedOut { reject, strip, hold, tag };

// With reject and hold, at end of message, when only some recipients have opted out.
enum class OnMixed { strip, reject, hold };

enum class OnOutage { defer, accept };  // accept: mail goes out unchecked

// What becomes of List-Unsubscribe in mail to one recipient: what the sender wrote (keep), a field
// of ours where there is none (add), ours in any case (replace). require: as add, and bulk mail
// that has none in the end is refused.
enum class ListUnsubscribe { keep, add, replace, require };

// What becomes of mail to an unsubscribe address that is none: it goes on to a mailbox, if there is
// one, or nowhere.
enum class BadToken { pass, discard };

struct Stream {
  std::string name = "default";
  Mode mode = Mode::enforce;
  Conditions when;
  // Whose suppression sets these are: "acme" for optout:acme:set:…; empty for the common ones.
  std::string tenant;
  // Sets this stream obeys, as written: global, list, stream, complaint, bounce, block, list:<id>,
  // stream:<name>, key:<redis key>. "list" is the set of the message's List-Id, "stream" the
  // stream's own.
  std::vector<std::string> honours = {"global", "list", "complaint", "bounce", "block"};
  // Patterns of lookup keys: nobody else may be mailed at all. Empty: anybody may.
  std::vector<std::string> recipients_only;
  OnOptedOut on_opted_out = OnOptedOut::reject;
  OnMixed on_mixed = OnMixed::strip;
  OnOutage on_outage = OnOutage::defer;
  std::string reply = "recipient has opted out of this mail";
  ListUnsubscribe list_unsubscribe = ListUnsubscribe::keep;
  BadToken bad_token = BadToken::pass;
  std::optional<OwnLimits> guard{};  // nothing: those of the sender

  // `word` as it is written in honours.
  bool does_honour(std::string_view word) const {
    return std::find(honours.begin(), honours.end(), word) != honours.end();
  }

  friend bool operator==(const Stream&, const Stream&) = default;
};

}  // namespace optout
