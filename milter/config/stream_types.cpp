#include "config/stream_types.h"

#include "config/complaint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace optout {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestReply = 300;

std::string no_name(std::string_view text, std::string_view of_what) {
  return fmt::format("{} is no name of a {} (a to z, 0 to 9, - and _, at most {})", in_quotes(text),
                     of_what, kLongestName);
}

}  // namespace

bool is_stream_name(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

Type<std::string> stream_name_type() {
  return text_type([](std::string_view text) {
    return is_stream_name(text) ? std::string() : no_name(text, "stream");
  });
}

Type<std::string> tenant_type() {
  return text_type([](std::string_view text) -> std::string {
    // Behind the prefix of our keys these words mean something else.
    constexpr std::array<std::string_view, 9> kReserved = {
        "set", "entry", "events", "lists", "references", "confirmed", "schema", "guard", "stats"};
    if (text.empty()) return {};
    if (!is_stream_name(text)) return no_name(text, "tenant");
    if (std::find(kReserved.begin(), kReserved.end(), text) == kReserved.end()) return {};
    return fmt::format("{} is reserved: keys of our own begin so", in_quotes(text));
  });
}

Type<OnOptedOut> opted_out_type() {
  const auto words = word_type<OnOptedOut>({{"reject", OnOptedOut::reject},
                                            {"strip", OnOptedOut::strip},
                                            {"hold", OnOptedOut::hold},
                                            {"accept-and-tag", OnOptedOut::tag}});
  const auto parse = [words](std::string_view text) -> Parsed<OnOptedOut> {
    if (text == "tag" || text == "accept") {
      return Problem{in_quotes(text) +
                     " is none of reject, strip, hold, accept-and-tag "
                     "(did you mean accept-and-tag?)"};
    }
    return words.parse(text);
  };
  return {parse, words.print};
}

Type<OnMixed> mixed_type() {
  return word_type<OnMixed>(
      {{"strip", OnMixed::strip}, {"reject", OnMixed::reject}, {"hold", OnMixed::hold}});
}

Type<ListUnsubscribe> list_unsubscribe_type() {
  return word_type<ListUnsubscribe>({{"keep", ListUnsubscribe::keep},
                                     {"add", ListUnsubscribe::add},
                                     {"replace", ListUnsubscribe::replace},
                                     {"require", ListUnsubscribe::require}});
}

Type<BadToken> bad_token_type() {
  return word_type<BadToken>({{"pass", BadToken::pass}, {"discard", BadToken::discard}});
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

}  // namespace optout
