#include "doctor/sendmail.h"

#include "doctor/postfix_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace optout::doctor {
namespace {

constexpr std::string_view kRebuild = "make -C /etc/mail && systemctl restart sendmail";

// The parts of `text` between `separators`, without the space around them.
std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ') || part.starts_with('\t'))
      part.remove_prefix(1);
    while (part.ends_with(' ') || part.ends_with('\t') || part.ends_with('\r'))
      part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

// "F=T" of equates is what stands behind the letter, in either case.
std::map<char, std::string> equates(const std::vector<std::string>& parts, std::size_t from) {
  std::map<char, std::string> found;
  for (std::size_t i = from; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals == std::string::npos) continue;
    const char letter = parts[i].front();
    const char upper = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    std::string value = parts[i].substr(equals + 1);
    value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
    found[upper] = std::move(value);
  }
  return found;
}

// Of an option "O Name=value" the value.
std::optional<std::string_view> option(std::string_view line, std::string_view name) {
  if (!line.starts_with("O ")) return std::nullopt;
  line.remove_prefix(2);
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  while (line.starts_with(' '))
    line.remove_prefix(1);
  if (!line.starts_with('=')) return std::nullopt;
  return line.substr(1);
}

std::string filter_line(const Config& config) {
  return fmt::format(
      "in sendmail.mc:  INPUT_MAIL_FILTER(`optout', `S={}, F=T, T=C:10s;S:10s;R:10s;E:60s')dnl",
      config.listen.address.is_unix()
          ? config.listen.address.to_string()
          : fmt::format("inet:{}@{}", config.listen.address.port, config.listen.address.host));
}

Finding check_flags(const SendmailFilter& filter, const Config& config) {
  const std::string check = "F= of filter " + filter.name;
  const Fix fix{filter_line(config), std::string(kRebuild)};
  if (filter.flags == "T" || filter.flags == "4")
    return good(check, fmt::format("F={}: mail waits while optout-milter is away", filter.flags));
  if (filter.flags.empty()) {
    return bad(check, "there is none",
               "Whenever optout-milter is away, for a restart too, mail goes to people who have "
               "opted out.",
               fix);
  }
  return bad(
      check, "F=" + filter.flags,
      "Whenever optout-milter is away, for a restart too, mail is refused for good and lost.", fix);
}

Findings check_order_of(const std::string& where, const std::vector<std::string>& order,
                        const SendmailFilter& us, const Sendmail& sendmail, const Config& config) {
  for (const std::string& name : order) {
    if (name == us.name) break;
    const SendmailFilter* other = sendmail.named(name);
    const bool signs =
        name.find("dkim") != std::string::npos || (other && is_signer(other->socket));
    if (!signs || !adds_fields(config)) continue;
    return {bad("order of filters", fmt::format("{} comes first on {}", name, where),
                "Header fields that optout-milter adds are not signed, so Gmail and Yahoo offer "
                "nobody to unsubscribe with one click.",
                {fmt::format("in sendmail.mc:  InputMailFilters={};{}", us.name, name),
                 std::string(kRebuild)})};
  }
  return {};
}

}  // namespace

const SendmailFilter* Sendmail::named(std::string_view name) const {
  const auto found =
      std::find_if(filters.begin(), filters.end(),
                   [&](const SendmailFilter& filter) { return filter.name == name; });
  return found != filters.end() ? &*found : nullptr;
}

const SendmailFilter* Sendmail::ours(const SocketAddress& address) const {
  const auto found =
      std::find_if(filters.begin(), filters.end(), [&](const SendmailFilter& filter) {
        return match(filter.socket, address, {}) == Match::ours;
      });
  return found != filters.end() ? &*found : nullptr;
}

Sendmail parse_sendmail(std::string_view sendmail_cf) {
  // A line that begins with white space goes on with the one before it.
  std::vector<std::string> lines;
  std::istringstream in{std::string(sendmail_cf)};
  for (std::string line; std::getline(in, line);) {
    if ((line.starts_with(' ') || line.starts_with('\t')) && !lines.empty()) {
      lines.back() += line;
    } else {
      lines.push_back(line);
    }
  }
  Sendmail sendmail;
  for (const std::string& line : lines) {
    if (line.starts_with('X')) {
      const auto parts = split(std::string_view(line).substr(1), ",");
      if (parts.empty()) continue;
      auto of = equates(parts, 1);
      sendmail.filters.push_back({.name = parts.front(),
                                  .socket = milter_name(of['S']),
                                  .flags = of['F'],
                                  .timeouts = of['T']});
    } else if (const auto all = option(line, "InputMailFilters")) {
      sendmail.for_all = split(*all, ",;");
    } else if (const auto daemon = option(line, "DaemonPortOptions")) {
      auto of = equates(split(*daemon, ","), 0);
      sendmail.listeners.push_back({.name = of['N'], .filters = split(of['I'], ";")});
    }
  }
  for (SendmailListener& listener : sendmail.listeners) {
    if (listener.filters.empty()) listener.filters = sendmail.for_all;
  }
  return sendmail;
}

Findings check_sendmail(const Sendmail& sendmail, const Config& config) {
  const SendmailFilter* const us = sendmail.ours(config.listen.address);
  if (us == nullptr) {
    return {bad("INPUT_MAIL_FILTER",
                fmt::format("sendmail.cf names no filter at {}", config.listen.address.to_string()),
                "Sendmail does not ask optout-milter, so everybody who has opted out gets mail.",
                {filter_line(config), std::string(kRebuild)})};
  }
  Findings findings;
  std::vector<std::string> asking, silent;
  for (const auto& [name, filters] : sendmail.listeners) {
    const bool asks = std::find(filters.begin(), filters.end(), us->name) != filters.end();
    (asks ? asking : silent).push_back(name);
    if (asks) append(findings, check_order_of(name, filters, *us, sendmail, config));
  }
  if (findings.empty() && !asking.empty())
    findings.push_back(good("order of filters", "no signer comes before optout-milter"));
  findings.insert(findings.begin(), check_flags(*us, config));
  if (asking.empty()) {
    findings.insert(findings.begin(),
                    bad("InputMailFilters", fmt::format("no listener asks {}", us->name),
                        "Sendmail knows the filter and does not ask it, so everybody who has opted "
                        "out gets mail.",
                        {filter_line(config), std::string(kRebuild)}));
    return findings;
  }
  findings.insert(
      findings.begin(),
      good("InputMailFilters", fmt::format("optout-milter is asked by {}", listed(asking))));
  if (!silent.empty()) {
    findings.push_back(doubtful(
        "InputMailFilters", fmt::format("optout-milter is not asked by {}", listed(silent)),
        "Right where mail comes from the world; where your own servers or people send, those who "
        "have opted out get their mail.",
        {fmt::format("in sendmail.mc, to DAEMON_OPTIONS of that Name:  InputMailFilters={}",
                     us->name),
         std::string(kRebuild)}));
  }
  return findings;
}

}  // namespace optout::doctor
