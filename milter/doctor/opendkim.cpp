#include "doctor/opendkim.h"

#include "doctor/milter_name.h"
#include "doctor/postfix_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace optout::doctor {
namespace {

std::string lowered(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

// Whether a list such as "*,+List-Unsubscribe-Post,-Subject" or "From,To" holds the field.
bool holds(std::string_view list, std::string_view field) {
  bool held = false;
  for (const std::string& item : postfix_list(list)) {
    const std::string name = lowered(item);
    if (name == field || name == fmt::format("+{}", field)) held = true;
    if (name == fmt::format("-{}", field)) held = false;
  }
  return held;
}

bool signs(const std::map<std::string, std::string>& settings, const std::string& field) {
  const auto list = settings.find("signheaders");
  const bool by_default = field == "list-unsubscribe";
  if (list == settings.end()) return by_default;
  const std::vector<std::string> items = postfix_list(list->second);
  const bool and_defaults = std::any_of(items.begin(), items.end(), [](const std::string& item) {
    return item == "*" || item.starts_with('+') || item.starts_with('-');
  });
  const bool taken_out = std::any_of(items.begin(), items.end(), [&](const std::string& item) {
    return lowered(item) == "-" + field;
  });
  return holds(list->second, field) || (and_defaults && by_default && !taken_out);
}

}  // namespace

std::map<std::string, std::string> parse_opendkim(std::string_view text) {
  std::map<std::string, std::string> settings;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.find('#'), line.size()));
    std::istringstream words(line);
    std::string name, value;
    words >> name;
    std::getline(words >> std::ws, value);
    value.resize(value.find_last_not_of(" \t\r") + 1);
    if (!name.empty()) settings[lowered(name)] = value;
  }
  return settings;
}

Findings check_opendkim(const std::map<std::string, std::string>& settings, const Config& config,
                        const std::string& file) {
  const bool offers = std::any_of(
      config.streams.begin(), config.streams.end(),
      [](const Stream& stream) { return stream.list_unsubscribe != ListUnsubscribe::keep; });
  if (!offers) return {};
  const std::string restart = "systemctl restart opendkim";
  const auto mode = settings.find("mode");
  if (mode != settings.end() && mode->second.find('s') == std::string::npos) {
    return {doubtful("OpenDKIM Mode", fmt::format("{}: it does not sign", mode->second),
                     "Unless somebody else signs, Gmail and Yahoo ignore List-Unsubscribe-Post.",
                     {fmt::format("in {}:  Mode sv", file), restart})};
  }
  Findings findings;
  const bool one_click = config.unsubscribe.one_click && !config.unsubscribe.link.empty();
  std::vector<std::string> unsigned_fields;
  if (!signs(settings, "list-unsubscribe")) unsigned_fields.emplace_back("List-Unsubscribe");
  if (one_click && !signs(settings, "list-unsubscribe-post"))
    unsigned_fields.emplace_back("List-Unsubscribe-Post");
  if (unsigned_fields.empty()) {
    findings.push_back(good("OpenDKIM SignHeaders", "what optout-milter adds is signed"));
  } else {
    findings.push_back(
        bad("OpenDKIM SignHeaders", fmt::format("{} not signed", listed(unsigned_fields)),
            "Gmail and Yahoo offer nobody to unsubscribe with one click (RFC 8058), and count the "
            "mail as without.",
            {fmt::format("in {}:  SignHeaders *,+List-Unsubscribe,+List-Unsubscribe-Post,+X-Optout",
                         file),
             restart}));
  }
  const auto over = settings.find("oversignheaders");
  const std::string_view list = over != settings.end() ? std::string_view(over->second) : "";
  if (holds(list, "list-unsubscribe") && (!one_click || holds(list, "list-unsubscribe-post"))) {
    findings.push_back(good("OpenDKIM OversignHeaders", std::string(list)));
  } else {
    findings.push_back(doubtful(
        "OpenDKIM OversignHeaders", list.empty() ? "not set" : std::string(list),
        "Somebody may put a second List-Unsubscribe, of his own, into signed mail of yours and "
        "send "
        "it on.",
        {fmt::format("in {}:  OversignHeaders From,List-Unsubscribe,List-Unsubscribe-Post", file),
         restart}));
  }
  return findings;
}

}  // namespace optout::doctor
