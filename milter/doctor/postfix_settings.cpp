// How Postfix asks us: what it does while we are away, how long it waits, who comes before us.

#include "doctor/postfix_checks.h"
#include "util/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>

namespace optout::doctor {
namespace {

using std::chrono::milliseconds;

// Postfix' "30s", "5m", "100"; of a bare number the unit is the parameter's, here seconds.
std::optional<milliseconds> postfix_time(std::string_view text) {
  long long number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number < 0 || number > 1'000'000'000) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit.empty() || unit == "s") return std::chrono::seconds(number);
  if (unit == "m") return std::chrono::minutes(number);
  if (unit == "h") return std::chrono::hours(number);
  if (unit == "d") return std::chrono::hours(24 * number);
  return std::nullopt;
}

// Who asks us with which value of a setting.
std::map<std::string, std::vector<const Asker*>> by_value(const std::vector<Asker>& all,
                                                          const Postfix& postfix,
                                                          const std::string& of_one,
                                                          const std::string& of_all) {
  std::map<std::string, std::vector<const Asker*>> found;
  for (const Asker& asker : all) {
    if (asker.asks()) found[asker.setting(postfix, of_one, of_all)].push_back(&asker);
  }
  return found;
}

std::string names(const std::vector<const Asker*>& who) {
  std::vector<std::string> found;
  found.reserve(who.size());
  for (const Asker* asker : who)
    found.push_back(asker->name());
  return listed(found);
}

// The commands that set `of_all` right where each of them has it from.
Fix setting_right(const std::vector<const Asker*>& who, const Postfix& postfix,
                  const std::string& of_one, const std::string& of_all, const std::string& value) {
  Fix fix;
  for (const Asker* asker : who) {
    const MilterName& us = asker->milters[*asker->ours];
    std::string line = postfix.set(of_all, value);
    if (us.settings.contains(of_one)) {
      line = fmt::format("in {} of {}:  {{ {}, … {}={} }}", asker->parameter, asker->name(),
                         us.text, of_one, value);
    } else if (asker->service->overrides.contains(of_all)) {
      line = postfix.set(*asker->service, of_all, value);
    }
    if (std::find(fix.begin(), fix.end(), line) == fix.end()) fix.push_back(std::move(line));
  }
  fix.push_back(postfix.reload());
  return fix;
}

void check_default_action(const std::vector<Asker>& all, const Postfix& postfix,
                          Findings& findings) {
  const std::string check = "milter_default_action";
  for (const auto& [action, who] : by_value(all, postfix, "default_action", check)) {
    const std::string found = fmt::format("{} for {}", action, names(who));
    const Fix fix = setting_right(who, postfix, "default_action", check, "tempfail");
    if (action == "tempfail" || action == "shutdown") {
      findings.push_back(good(check, found));
    } else if (action == "accept") {
      findings.push_back(bad(check, found,
                             "Whenever optout-milter is away, for a restart too, mail goes to "
                             "people who have opted out.",
                             fix));
    } else if (action == "reject") {
      findings.push_back(bad(check, found,
                             "Whenever optout-milter is away, for a restart too, mail is refused "
                             "for good and lost.",
                             fix));
    } else {
      findings.push_back(doubtful(check, found,
                                  "Whenever optout-milter is away, mail is held, and releasing it "
                                  "does not ask about its recipients again.",
                                  fix));
    }
  }
}

void check_protocol(const std::vector<Asker>& all, const Postfix& postfix, Findings& findings) {
  const std::string check = "milter_protocol";
  for (const auto& [version, who] : by_value(all, postfix, "protocol", check)) {
    if (version == "6") {
      findings.push_back(good(
          check, fmt::format("6 for {}: optout-milter asks for the macros it needs", names(who))));
    } else {
      findings.push_back(
          bad(check, fmt::format("{} for {}", version, names(who)),
              "Before version 6 Postfix does not tell what optout-milter asks for, such as who has "
              "logged in and on which listener: streams that ask that do not match.",
              setting_right(who, postfix, "protocol", check, "6")));
    }
  }
}

void check_timeout(const std::vector<Asker>& all, const Postfix& postfix, const Config& config,
                   const std::string& of_one, milliseconds most, Findings& findings) {
  const std::string check = "milter_" + of_one;
  const milliseconds least = 2 * config.redis.timeout + std::chrono::seconds(1);
  for (const auto& [value, who] : by_value(all, postfix, of_one, check)) {
    const auto time = postfix_time(value);
    const std::string found = fmt::format("{} for {}", value, names(who));
    if (!time) {
      findings.push_back(cannot_tell(check, fmt::format("\"{}\" is no time", value)));
    } else if (*time < least) {
      findings.push_back(doubtful(
          check, found,
          fmt::format("Postfix may give up before optout-milter can answer, which may take {} ms "
                      "where Redis is slow; then the mail waits for no good reason.",
                      config.redis.timeout.count()),
          setting_right(who, postfix, of_one, check, "30s")));
    } else if (*time > most) {
      findings.push_back(doubtful(check, found,
                                  "A sender waits five minutes at most: when optout-milter hangs, "
                                  "it goes away before Postfix has told it to come again.",
                                  setting_right(who, postfix, of_one, check, "30s")));
    } else {
      findings.push_back(good(check, found));
    }
  }
}

}  // namespace

bool adds_fields(const Config& config) {
  return std::any_of(config.streams.begin(), config.streams.end(), [](const Stream& stream) {
    return stream.list_unsubscribe != ListUnsubscribe::keep ||
           stream.on_opted_out == OnOptedOut::tag;
  });
}

Findings check_milter_settings(const Postfix& postfix, const Config& config) {
  const std::vector<Asker> all = askers(postfix, config.listen.address);
  Findings findings;
  check_default_action(all, postfix, findings);
  check_protocol(all, postfix, findings);
  const std::chrono::minutes as_senders_wait{4};
  check_timeout(all, postfix, config, "connect_timeout", as_senders_wait, findings);
  check_timeout(all, postfix, config, "command_timeout", as_senders_wait, findings);
  check_timeout(all, postfix, config, "content_timeout", std::chrono::minutes(10), findings);
  return findings;
}

Findings check_order(const Postfix& postfix, const Config& config) {
  const std::string check = "order of milters";
  Findings findings;
  std::vector<std::string> first;
  for (const Asker& asker : askers(postfix, config.listen.address)) {
    if (!asker.asks()) continue;
    std::vector<std::string> signers, others;
    for (std::size_t i = 0; i < *asker.ours; ++i)
      (is_signer(asker.milters[i]) ? signers : others).push_back(asker.milters[i].text);
    std::string right = asker.milters[*asker.ours].written;
    for (const MilterName& other : asker.milters) {
      if (&other != &asker.milters[*asker.ours]) right += "," + other.written;
    }
    const bool own = asker.service->overrides.contains(asker.parameter);
    const Fix fix{own ? postfix.set(*asker.service, asker.parameter, right)
                      : postfix.set(asker.parameter, right),
                  postfix.reload()};
    const std::string where = fmt::format("{} of {}", asker.parameter, asker.name());
    if (!signers.empty() && adds_fields(config)) {
      findings.push_back(bad(check, fmt::format("{} comes first in {}", listed(signers), where),
                             "Header fields that optout-milter adds are not signed, so Gmail and "
                             "Yahoo offer nobody to unsubscribe with one click.",
                             fix));
    } else if (!signers.empty()) {
      findings.push_back(doubtful(check,
                                  fmt::format("{} comes first in {}", listed(signers), where),
                                  "As soon as a stream adds List-Unsubscribe or tags mail, those "
                                  "fields are not signed.",
                                  fix));
    } else if (!others.empty() && adds_fields(config)) {
      findings.push_back(doubtful(
          check, fmt::format("cannot tell: {} comes first in {}", listed(others), where),
          "If that signs mail (DKIM), header fields that optout-milter adds are not signed.", fix));
    } else {
      first.push_back(asker.name());
    }
  }
  if (!first.empty()) {
    findings.push_back(
        good(check, fmt::format("no signer comes before optout-milter on {}", listed(first))));
  }
  return findings;
}

Findings check_listener_names(const Postfix& postfix, const Config& config) {
  std::vector<std::string> known;
  for (const Asker& asker : askers(postfix, config.listen.address)) {
    if (!asker.asks()) continue;
    std::string name = postfix.value("milter_macro_daemon_name", *asker.service);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    known.push_back(std::move(name));
  }
  Findings findings;
  std::vector<std::string> fine;
  for (const Stream& stream : config.streams) {
    for (const std::string& pattern : stream.when.listener) {
      const bool is_known = std::any_of(known.begin(), known.end(), [&](const std::string& name) {
        return glob_matches(pattern, name);
      });
      if (is_known) {
        fine.push_back(pattern);
        continue;
      }
      findings.push_back(bad(
          "milter_macro_daemon_name", fmt::format("no listener that asks is called {}", pattern),
          fmt::format("No mail meets the conditions of stream {}: another stream decides about it.",
                      stream.name),
          {fmt::format("in master.cf, below the listener that is meant:  -o "
                       "milter_macro_daemon_name={}",
                       pattern),
           postfix.reload()}));
    }
  }
  if (findings.empty() && !fine.empty()) {
    findings.push_back(
        good("milter_macro_daemon_name",
             fmt::format("the listeners that streams ask for are there: {}", listed(fine))));
  }
  return findings;
}

}  // namespace optout::doctor
