#include "config/limits.h"

#include "address/ascii.h"
#include "config/guard_checks.h"
#include "config/limit_amount.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace optout {
namespace {

constexpr std::size_t kMostLimits = 16;  // each is counted for every message
constexpr std::string_view kExample = "{ recipients: 500 per 1h, then: hold }";
constexpr std::string_view kListUnsubscribe = "List-Unsubscribe";
constexpr std::array kLimitKinds = {LimitKind::recipients, LimitKind::recipients_per_message,
                                    LimitKind::same_message, LimitKind::opted_out};

Type<Step> step_type() {
  return word_type<Step>({{to_string(Step::warn), Step::warn},
                          {to_string(Step::hold), Step::hold},
                          {to_string(Step::defer), Step::defer},
                          {to_string(Step::reject), Step::reject}});
}

Type<bool> without_type() {
  const auto parse = [](std::string_view text) -> Parsed<bool> {
    if (ascii::same_ignoring_case(text, kListUnsubscribe)) return true;
    return Problem{fmt::format("{} is no field that can be looked for (write {})", in_quotes(text),
                               kListUnsubscribe)};
  };
  return {parse, [](const bool&) { return std::string(kListUnsubscribe); }};
}

bool is_known(std::string_view key) {
  return key == "then" || key == "without" ||
         std::any_of(kLimitKinds.begin(), kLimitKinds.end(),
                     [&](LimitKind kind) { return key == to_string(kind); });
}

// The kind of the limit that `value` is, or nothing if that is not clear.
std::optional<LimitKind> read_kind(Section& section, const Value& value, std::string_view entry,
                                   Findings& findings) {
  std::optional<LimitKind> found;
  bool is_clear = true;
  for (const LimitKind kind : kLimitKinds) {
    const std::string_view name = to_string(kind);
    if (!section.ask(name)) continue;
    if (found) {
      section.error(value.find(name)->key_place, name,
                    fmt::format("a limit is of one kind, and this one is of {} already (write two "
                                "limits)",
                                to_string(*found)));
      is_clear = false;
    }
    found = kind;
  }
  // Of a name that is misspelt, Section says what it should be.
  if (!found && std::all_of(value.children.begin(), value.children.end(),
                            [](const Value& child) { return is_known(child.key); })) {
    findings.report.error(value.place, entry,
                          fmt::format("limits nothing (write recipients, recipients_per_message, "
                                      "same_message or opted_out, as in {})",
                                      kExample));
  }
  return is_clear ? found : std::nullopt;
}

std::optional<Limit> read_limit(const Value& value, std::string_view entry, Findings& findings) {
  if (value.kind == Value::Kind::broken) return std::nullopt;
  if (value.kind != Value::Kind::map) {
    findings.report.error(value.place, entry,
                          fmt::format("a limit is expected here, such as {}", kExample));
    return std::nullopt;
  }
  const std::size_t errors = findings.report.errors();
  Section section(&value, std::string(entry), findings);
  Limit limit;
  LimitAmount amount;
  const auto kind = read_kind(section, value, entry, findings);
  if (kind) {
    limit.kind = *kind;
    section.read_part(to_string(*kind), amount, limit_amount_type(*kind));
    limit.most = amount.most;
    limit.percent = amount.percent;
    limit.window = amount.window;
  }
  section.read_part("then", limit.then, step_type());
  const auto without = section.read_part("without", limit.without_list_unsubscribe, without_type());
  if (without && kind && *kind != LimitKind::same_message)
    section.error(*without, "without", "goes with same_message only");
  if (!kind || findings.report.errors() != errors) return std::nullopt;
  return limit;
}

}  // namespace

std::vector<WrittenLimit> read_limits(const Value& list, std::string_view entry,
                                      Findings& findings) {
  std::vector<WrittenLimit> written;
  std::map<std::string, int> lines;
  for (const Value& value : list.children) {
    const auto limit = read_limit(value, entry, findings);
    if (!limit) continue;
    const auto [earlier, is_new] = lines.emplace(limit->name(), value.place.line);
    if (!is_new) {
      findings.report.error(
          value.place, entry,
          fmt::format("{} is limited already, on line {}", earlier->first, earlier->second));
    } else if (written.size() == kMostLimits) {
      findings.report.error(value.place, entry, fmt::format("more than {} limits", kMostLimits));
      break;
    } else {
      written.push_back({*limit, value.place});
    }
  }
  check_limits(written, entry, findings.report);
  return written;
}

Limits without_places(const std::vector<WrittenLimit>& written) {
  Limits limits;
  for (const WrittenLimit& each : written)
    limits.push_back(each.limit);
  return limits;
}

std::optional<OwnLimits> read_own_limits(Section& section, std::string_view key,
                                         std::string_view entry, bool on_too, Findings& findings) {
  const Value* value = section.ask(key);
  if (value && value->kind == Value::Kind::scalar) {
    if (value->text == "off") return OwnLimits{.off = true, .limits = {}};
    if (on_too && value->text == "on") return std::nullopt;
    section.error(value->place, key,
                  fmt::format("{} is neither {}off nor a list of limits (such as [{}])",
                              in_quotes(value->text), on_too ? "on, " : "", kExample));
    return std::nullopt;
  }
  const Value* list = section.list(key);
  if (!list) return std::nullopt;
  if (list->children.empty()) {
    section.error(list->place, key, "an empty list (write off where nothing is limited)");
    return std::nullopt;
  }
  return OwnLimits{.off = false, .limits = without_places(read_limits(*list, entry, findings))};
}

std::string limit_text(const Limit& limit) {
  return fmt::format("{{{}: {}, {}then: {}}}", to_string(limit.kind), amount_text(limit),
                     limit.without_list_unsubscribe ? fmt::format("without: {}, ", kListUnsubscribe)
                                                    : std::string(),
                     to_string(limit.then));
}

std::string own_limits_text(const OwnLimits& own) {
  if (own.off) return "off";
  std::vector<std::string> texts;
  for (const Limit& limit : own.limits)
    texts.push_back(limit_text(limit));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

}  // namespace optout
