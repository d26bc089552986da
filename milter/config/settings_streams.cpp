// streams: which suppression sets the mail obeys, and how. This version has one stream, the default
// one.

#include "config/honours.h"
#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kLongestReply = 300;
constexpr std::string_view kOnlyDefault =
    "this version has only the default stream, which takes all mail";

Type<std::string> name_type() {
  return text_type([](std::string_view text) -> std::string {
    if (text == "default") return {};
    return fmt::format("{}: {} (write default, or leave the name out)", in_quotes(text),
                       kOnlyDefault);
  });
}

Type<std::string> reply_type() {
  return text_type([](std::string_view text) -> std::string {
    if (text.empty()) return "may not be empty (leave it out for the default)";
    if (text.size() > kLongestReply) {
      return fmt::format("is {} octets long; {} are allowed", text.size(), kLongestReply);
    }
    if (!std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) {
      return in_quotes(text) + " must be printable ASCII";
    }
    return {};
  });
}

Stream read_stream(const Value* value, const OutageDefault& outage, Findings& findings) {
  Stream stream;
  stream.on_outage = outage.value;
  Section section(value, "streams[]", findings);
  section.read("name", stream.name, name_type());
  section.read_list(
      "honours", stream.honours, honours_type(),
      "an empty list suppresses nothing (to try without effect, write mode: monitor)");
  section.read("on_opted_out", stream.on_opted_out,
               word_type<OnOptedOut>({{"reject", OnOptedOut::reject}, {"strip", OnOptedOut::strip}},
                                     {"hold", "defer", "accept"}));
  section.read("on_mixed", stream.on_mixed,
               word_type<OnMixed>({{"strip", OnMixed::strip}, {"reject", OnMixed::reject}},
                                  {"hold", "defer", "accept"}));
  const auto at = section.read("on_outage", stream.on_outage, outage_type(), outage.origin);
  if (at && stream.on_outage == OnOutage::accept) {
    section.warning(*at, "on_outage", std::string(kAcceptWarning));
  }
  section.read("reply", stream.reply, reply_type());
  return stream;
}

}  // namespace

void read_streams(Section& root, const OutageDefault& outage, std::vector<Stream>& streams,
                  Findings& findings) {
  const Value* list = root.list("streams");
  if (!list) {
    streams = {read_stream(nullptr, outage, findings)};
    return;
  }
  if (list->children.empty()) {
    root.error(list->place, "streams", "an empty list (leave it out for the default stream)");
  }
  streams.clear();
  for (const Value& child : list->children) {
    if (!streams.empty()) {
      root.error(child.place, "streams", fmt::format("{}; remove this one", kOnlyDefault));
    }
    streams.push_back(read_stream(&child, outage, findings));
  }
}

}  // namespace optout
