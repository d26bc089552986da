#include "config/unsubscribe_checks.h"

#include "config/honours.h"
#include "config/section.h"
#include "policy/when_decided.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace optout {
namespace {

// The sets that tokens of such a scope may write: mail without a List-Id falls back to its stream,
// and what a token refers to that nobody knows any more becomes global, so that no opt-out is lost.
std::vector<std::string> sets_written(TokenScope scope) {
  switch (scope) {
    case TokenScope::list:
      return {"global", "stream", "list"};
    case TokenScope::stream:
      return {"global", "stream"};
    case TokenScope::global:
      break;
  }
  return {"global"};
}

bool honours(const Stream& stream, const std::string& set) {
  const auto says = [&](const std::string& word) {
    return std::find(stream.honours.begin(), stream.honours.end(), word) != stream.honours.end();
  };
  return says(set) || (set == "stream" && says("stream:" + stream.name));
}

void check_honours(const WrittenStream& written, TokenScope scope, Report& report) {
  const Stream& stream = written.stream;
  std::vector<std::string> missing = sets_written(scope);
  std::erase_if(missing, [&](const std::string& set) { return honours(stream, set); });
  if (missing.empty()) return;
  std::vector<std::string> all = missing;
  all.insert(all.end(), stream.honours.begin(), stream.honours.end());
  report.error(written.honours_list == Place{} ? written.list_unsubscribe : written.honours_list,
               "streams[].honours",
               fmt::format("lacks {}: people who unsubscribe from mail of stream {} could still "
                           "get it (write honours: {})",
                           fmt::join(missing, ", "), in_quotes(stream.name),
                           yaml_list(all, honours_type())));
}

// Automatic answers and bounces go to the sender, and would be taken for wishes to unsubscribe.
void check_addresses(const std::vector<std::string>& patterns, const WrittenStream& written,
                     const std::string& condition, const std::string& domain, Report& report) {
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (!patterns[i].ends_with("@" + domain)) continue;
    report.warning(written.conditions.at(condition).at(i), "streams[].when." + condition,
                   fmt::format("mail from {} is answered by bounces and automatic replies, but "
                               "unsubscribe.domain is for nothing but unsubscribe mail",
                               in_quotes(domain)));
  }
}

}  // namespace

void check_unsubscribing(const WrittenStream& written, const UnsubscribeOptions& options,
                         Report& report) {
  const Stream& stream = written.stream;
  const bool is_off = options.domain.empty();
  if (!is_off) {
    check_addresses(stream.when.sender, written, "sender", options.domain, report);
    check_addresses(stream.when.from, written, "from", options.domain, report);
  } else if (stream.bad_token != BadToken::pass) {
    report.warning(written.bad_token, "streams[].bad_token",
                   "has no effect without unsubscribe.domain");
  }
  if (stream.list_unsubscribe == ListUnsubscribe::keep) return;
  constexpr std::string_view kSetting = "streams[].list_unsubscribe";
  const Place place = written.list_unsubscribe;
  if (is_off) {
    report.error(place, kSetting,
                 fmt::format("{} needs unsubscribe.domain and unsubscribe.keys",
                             to_string(stream.list_unsubscribe)));
  } else if (options.link.empty()) {
    report.warning(place, kSetting,
                   "Gmail and Yahoo want one-click links too, not only addresses "
                   "(see unsubscribe.link)");
  }
  if (stream.mode == Mode::monitor) {
    report.warning(place, kSetting, "has no effect while the stream only monitors");
  }
  check_honours(written, options.scope, report);
}

}  // namespace optout
