#include "config/guard_checks.h"

#include "util/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace optout {
namespace {

bool counts_the_same(const Limit& a, const Limit& b) {
  return a.kind == b.kind && a.without_list_unsubscribe == b.without_list_unsubscribe &&
         (a.kind == LimitKind::recipients || a.kind == LimitKind::same_message);
}

// More people within an hour than are allowed within a day.
bool is_never_reached(const Limit& limit, const Limit& other) {
  return counts_the_same(limit, other) && other.window > limit.window && other.most < limit.most &&
         other.then != Step::warn;
}

bool may_be(const std::string& who, IdentityKind kind) {
  return globs_overlap(who, std::string(to_string(kind)) + ":*");
}

// What cannot be told by `identity` is told by the client, or "unknown".
bool is_somebody(const std::string& who, std::span<const IdentityKind> identity) {
  return may_be(who, IdentityKind::client) || glob_matches(who, "unknown") ||
         std::any_of(identity.begin(), identity.end(),
                     [&](IdentityKind kind) { return may_be(who, kind); });
}

}  // namespace

void check_limits(std::span<const WrittenLimit> limits, std::string_view entry, Report& report) {
  for (const WrittenLimit& each : limits) {
    const auto other =
        std::find_if(limits.begin(), limits.end(), [&](const WrittenLimit& candidate) {
          return is_never_reached(each.limit, candidate.limit);
        });
    if (other == limits.end()) continue;
    report.warning(
        each.place, entry,
        fmt::format("{} is never reached, as {} on line {} comes first", amount_text(each.limit),
                    amount_text(other->limit), other->place.line));
  }
}

void check_senders(std::span<const WrittenSender> senders, std::span<const IdentityKind> identity,
                   Report& report) {
  constexpr std::string_view kSetting = "guard.senders[].who";
  for (auto each = senders.begin(); each != senders.end(); ++each) {
    const std::string& who = each->rule.who;
    const auto earlier = std::find_if(senders.begin(), each, [&](const WrittenSender& candidate) {
      return glob_covers(candidate.rule.who, who);
    });
    if (earlier != each) {
      report.warning(
          each->who, kSetting,
          fmt::format("{} on line {} never counts: it is {} on line {} that does", in_quotes(who),
                      each->who.line, in_quotes(earlier->rule.who), earlier->who.line));
    } else if (!is_somebody(who, identity)) {
      report.warning(each->who, kSetting,
                     fmt::format("{} is nobody, as {} is not in guard.identity", in_quotes(who),
                                 who.substr(0, who.find(':'))));
    }
  }
}

}  // namespace optout
