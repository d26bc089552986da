// A stream: a kind of mail, named in the configuration, and what it obeys. Plain data, filled by
// config/.

#pragma once

#include <string>
#include <vector>

namespace optout {

enum class Mode { enforce, monitor };  // monitor: decide, log and count, change nothing
enum class OnOptedOut { reject, strip };
enum class OnMixed {
  strip,
  reject
};  // at end of message, when only some recipients have opted out
enum class OnOutage { defer, accept };  // accept: mail goes out unchecked

struct Stream {
  std::string name = "default";
  // Sets this stream obeys, as written: global, list, stream, complaint, bounce, block, list:<id>,
  // stream:<name>, key:<redis key>. "list" is the set of the message's List-Id, "stream" the
  // stream's own.
  std::vector<std::string> honours = {"global", "list", "complaint", "bounce", "block"};
  OnOptedOut on_opted_out = OnOptedOut::reject;
  OnMixed on_mixed = OnMixed::strip;
  OnOutage on_outage = OnOutage::defer;
  std::string reply = "recipient has opted out of this mail";

  friend bool operator==(const Stream&, const Stream&) = default;
};

}  // namespace optout
