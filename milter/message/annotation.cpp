#include "message/annotation.h"

#include "message/replies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace optout {
namespace {

// The guard's names of senders are printable ASCII without blanks, but a login may hold a ";", at
// which readers part the field.
std::string without_semicolons(std::string_view sender) {
  std::string text;
  for (const char c : sender) {
    if (c == ';') {
      text += "%3b";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string annotation(const MessageVerdict& verdict, const Stream& stream) {
  const auto stays = [](const Verdict& recipient) { return recipient.action != Action::strip; };
  const auto all = std::count_if(verdict.recipients.begin(), verdict.recipients.end(), stays);
  std::vector<std::string_view> words;
  std::size_t listed = 0;
  for (const Verdict& recipient : verdict.recipients) {
    if (!recipient.listing || recipient.action == Action::strip) continue;
    ++listed;
    const std::string_view word = replies::word_for(recipient.listing->set);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  if (const auto& overrun = verdict.message.overrun) {
    const std::string opted_out =
        listed == 0 ? std::string() : fmt::format("{}; ", fmt::join(words, ", "));
    const std::string of = listed == 0 ? std::string() : fmt::format("{}/", listed);
    return fmt::format("guard {}; sender={}; {}recipients={}{}; stream={}", overrun->limit,
                       without_semicolons(overrun->sender), opted_out, of, all, stream.name);
  }
  return fmt::format("{}; recipients={}/{}; stream={}", fmt::join(words, ", "), listed, all,
                     stream.name);
}

}  // namespace optout
