// What Postfix makes of addresses where we do not see it, and of senders that are refused too
// often.

#include "doctor/postfix_checks.h"
#include "util/whole_number.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout::doctor {
namespace {

void check_rewriting(const Postfix& postfix, Findings& findings) {
  Fix fix;
  std::vector<std::string> on;
  for (const char* parameter : {"allow_percent_hack", "swap_bangpath"}) {
    if (!postfix.is_yes(parameter)) continue;
    on.emplace_back(parameter);
    fix.push_back(postfix.set(parameter, "no"));
  }
  fix.push_back(postfix.reload());
  const std::string check = "other spellings";
  if (on.empty()) {
    findings.push_back(good(check, "allow_percent_hack and swap_bangpath are off"));
  } else {
    findings.push_back(
        doubtful(check, fmt::format("{} {}", listed(on), on.size() == 1 ? "is on" : "are on"),
                 "Whoever writes ann%example.com@… or example.com!ann to your own "
                 "domains may reach somebody who has opted out.",
                 fix));
  }
}

// What is expanded behind us, and copies made there.
void check_expansion(const Postfix& postfix, Findings& findings) {
  std::vector<std::string> copies;
  for (const char* parameter : {"always_bcc", "sender_bcc_maps", "recipient_bcc_maps"}) {
    if (!postfix.value(parameter).empty()) copies.emplace_back(parameter);
  }
  if (copies.empty()) {
    findings.push_back(
        good("copies", "none are made (always_bcc, sender_bcc_maps, recipient_bcc_maps)"));
  } else {
    findings.push_back(doubtful(
        "copies", fmt::format("made by {}", listed(copies)),
        "Who gets a copy is not asked about, and gets it even where the recipient has opted out.",
        {"name archives and mailboxes of your own there, never people you send mailings to"}));
  }

  std::vector<std::string> maps;
  std::vector<const char*> parameters{"virtual_alias_maps", "recipient_canonical_maps",
                                      "canonical_maps"};
  // These are local(8)'s, for mailboxes of this host.
  if (!postfix.value("mydestination").empty())
    parameters.insert(parameters.end(), {"alias_maps", "forward_path"});
  for (const char* parameter : parameters) {
    if (!postfix.value(parameter).empty()) maps.emplace_back(parameter);
  }
  if (maps.empty()) {
    findings.push_back(good("aliases", "none are expanded behind optout-milter"));
  } else {
    findings.push_back(doubtful(
        "aliases", fmt::format("expanded behind optout-milter by {}", listed(maps)),
        "Who stands behind an alias is not asked about; an alias that has opted out is taken off "
        "with everybody behind it.",
        {"see that only mailboxes of your own stand behind aliases (/etc/aliases, ~/.forward)",
         "where people outside do, ask optout-milter on a relay behind this one"}));
  }
}

}  // namespace

Findings check_addresses(const Postfix& postfix, const Config&) {
  Findings findings;
  check_rewriting(postfix, findings);
  check_expansion(postfix, findings);
  return findings;
}

Findings check_bare_newlines(const Postfix& postfix, const Config& config) {
  const std::string check = "smtpd_forbid_bare_newline";
  if (!postfix.parameters.contains(check)) return {};  // not known before 3.7.9 and 3.8.4
  std::vector<std::string> open, closed;
  Fix fix;
  for (const Asker& asker : askers(postfix, config.listen.address)) {
    if (!asker.asks() || !asker.is_listener()) continue;
    const std::string& value = postfix.value(check, *asker.service);
    const bool is_open = value == "no" || value == "note";
    (is_open ? open : closed).push_back(asker.name());
    if (!is_open) continue;
    // "yes" is known to every version that knows the parameter.
    std::string line = asker.service->overrides.contains(check)
                           ? postfix.set(*asker.service, check, "yes")
                           : postfix.set(check, "yes");
    if (std::find(fix.begin(), fix.end(), line) == fix.end()) fix.push_back(std::move(line));
  }
  if (open.empty()) {
    if (closed.empty()) return {};
    return {good(check, fmt::format("on for {}", listed(closed)))};
  }
  fix.push_back(postfix.reload());
  return {doubtful(check, fmt::format("off on {}", listed(open)),
                   "Whoever gets a text into mail of your servers may hide a second message in it "
                   "(SMTP smuggling): it counts as theirs, with recipients that they never saw.",
                   fix)};
}

Findings check_error_limits(const Postfix& postfix, const Config& config) {
  constexpr unsigned kAsPostfixComes = 20;
  const std::string check = "smtpd_hard_error_limit";
  const bool refuses =
      std::any_of(config.streams.begin(), config.streams.end(),
                  [](const Stream& stream) { return stream.on_opted_out == OnOptedOut::reject; });
  if (!refuses) return {good(check, "nobody is refused one by one, so it does not matter")};
  std::vector<std::string> low, fine;
  Fix fix;
  for (const Asker& asker : askers(postfix, config.listen.address)) {
    if (!asker.asks() || !asker.is_listener()) continue;
    const auto limit = whole_number<unsigned>(postfix.value(check, *asker.service));
    if (!limit || *limit > kAsPostfixComes) {
      fine.push_back(asker.name());
      continue;
    }
    low.push_back(asker.name());
    for (const char* parameter : {"smtpd_hard_error_limit", "smtpd_soft_error_limit"})
      fix.push_back(postfix.set(*asker.service, parameter, "1000"));
  }
  if (low.empty()) {
    if (fine.empty()) return {};
    return {good(check, fmt::format("raised on {}", listed(fine)))};
  }
  fix.push_back(postfix.reload());
  fix.emplace_back("or, for newsletters:  on_opted_out: strip");
  return {doubtful(check, fmt::format("{} on {}", postfix.value(check), listed(low)),
                   "Postfix hangs up on a sender after so many refused recipients, and slows it "
                   "down before: a newsletter to an old list is cut off. Where only people send, "
                   "that is right.",
                   fix)};
}

Findings check_postfix(const Postfix& postfix, const Config& config, const MapLookup& lookup) {
  Findings findings = check_listeners(postfix, config);
  append(findings, check_milter_settings(postfix, config));
  append(findings, check_order(postfix, config));
  append(findings, check_listener_names(postfix, config));
  append(findings, check_bare_newlines(postfix, config));
  append(findings, check_error_limits(postfix, config));
  append(findings, check_addresses(postfix, config));
  append(findings, check_unsubscribe_domain(postfix, config, lookup));
  return findings;
}

}  // namespace optout::doctor
