#include "message/replies.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout::replies {
namespace {

Reply no_way_out() {
  return Reply::permanent(50, {7, 1},
                          "mail of this kind needs a List-Unsubscribe header field; write one, or "
                          "send to one recipient at a time [list_unsubscribe]");
}

// The beginning of a name, so that it takes no more than so many octets of a reply.
std::string shortened(std::string_view name, std::size_t room) {
  constexpr std::string_view kMore = "...";
  constexpr std::size_t kEscape = 3;
  const auto width = [](char c) -> std::size_t { return c == '%' ? 2 : 1; };
  std::size_t taken = 0;
  for (const char c : name)
    taken += width(c);
  if (taken <= room) return std::string(name);
  for (; taken + kMore.size() > room && !name.empty(); name.remove_suffix(1))
    taken -= width(name.back());
  const auto escape = name.rfind('%');
  if (escape != std::string_view::npos && escape + kEscape > name.size())
    name = name.substr(0, escape);
  return std::string(name).append(kMore);
}

std::string text_of(Candidates candidates) {
  const std::string& first = candidates.front()->reply;
  const bool agree =
      std::all_of(candidates.begin(), candidates.end(),
                  [&](const Stream* candidate) { return candidate->reply == first; });
  return agree ? first : Stream().reply;
}

}  // namespace

std::string_view word_for(const SetName& set) {
  const std::string_view name = set.text();
  return name == "bounce" || name == "complaint" || name == "block" ? name : "optout";
}

Reply refusal(Candidates candidates, const Verdict& verdict) {
  if (verdict.overrun) return over_limit(verdict);
  if (verdict.barred)
    return Reply::permanent(50, {7, 1},
                            "this sender may not mail this recipient [recipients_only]");
  if (verdict.no_way_out) return no_way_out();
  return Reply::permanent(
      50, {7, 1}, fmt::format("{} [{}]", text_of(candidates), word_for(verdict.listing->set)));
}

Reply cannot_tell() {
  return Reply::transient(51, {3, 0},
                          "cannot tell whether this recipient has opted out; try again later");
}

Reply cannot_count() {
  return Reply::transient(51, {3, 0},
                          "cannot tell how many people this sender has mailed; try again later");
}

// The code says "too much mail", X.7.28 (RFC 7505's neighbour in the registry of RFC 5248). What
// stands behind a long name is not lost for it.
Reply over_limit(const Verdict& verdict) {
  constexpr std::size_t kRoom = 250;
  const std::string text = fmt::format("{} has mailed too many: {} ({}) [guard]",
                                       shortened(verdict.overrun->sender, kRoom),
                                       verdict.overrun->amount, verdict.overrun->limit);
  if (verdict.action == Action::defer) return Reply::transient(51, {7, 28}, text);
  return Reply::permanent(54, {7, 28}, text);
}

Reply internal_error() {
  return Reply::transient(51, {3, 0}, "local error in processing; try again later");
}

Reply invalid_address() {
  return Reply::permanent(53, {1, 3}, "recipient address is not valid");
}

Reply too_many_recipients() {
  return Reply::transient(52, {5, 3},
                          "too many recipients; send the others in another transaction");
}

Reply too_many_recipients_in_message() {
  return Reply::permanent(50, {5, 3}, "too many recipients; send them in several messages");
}

Reply not_recorded() {
  return Reply::transient(51, {3, 0}, "cannot record your request to unsubscribe; try again later");
}

Reply too_many_requests() {
  return Reply::transient(52, {5, 3},
                          "too many requests to unsubscribe; send the others in another "
                          "transaction");
}

Reply shutting_down() {
  return Reply::transient(21, {3, 2}, "service restarting; try again");
}

}  // namespace optout::replies
