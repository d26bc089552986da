// Whether mail to unsubscribe addresses (u+TOKEN@domain) gets in, and to us: the domain must be one
// that Postfix takes mail for, every address in it must be valid, and the listener for the world
// must ask us.

#include "doctor/postfix_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout::doctor {
namespace {

const std::string kCheck = "unsubscribe.domain";

// Whether a list of domains holds this one: by name, below ".domain", or in a table.
bool holds(const std::string& list, const std::string& domain, const MapLookup& lookup) {
  for (const std::string& part : postfix_list(list)) {
    if (part == domain || (part.starts_with('.') && domain.ends_with(part))) return true;
    const bool is_table = part.find(':') != std::string::npos;
    if (is_table && lookup(part, domain)) return true;
  }
  return false;
}

// Whether tables hold an address of that form, as virtual(5) and local_recipient_maps look for it.
bool has_address(const std::string& maps, const std::string& domain, const std::string& delimiter,
                 bool local, const MapLookup& lookup) {
  std::vector<std::string> keys{"u+token@" + domain, "@" + domain};
  if (delimiter.find('+') != std::string::npos) keys.push_back("u@" + domain);
  if (local) keys.emplace_back(delimiter.find('+') != std::string::npos ? "u" : "u+token");
  const std::vector<std::string> tables = postfix_list(maps);
  return std::any_of(tables.begin(), tables.end(), [&](const std::string& table) {
    return table.find(':') != std::string::npos &&
           std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
             const auto found = lookup(table, key);
             return found && !found->empty();
           });
  });
}

Finding unknown_recipients(const Postfix& postfix, const std::string& domain,
                           const std::string& where, const std::string& maps) {
  return bad(
      kCheck,
      fmt::format("{} is in {}, but no address u+… in it is known to {}", domain, where, maps),
      "Postfix refuses what people write to unsubscribe, before optout-milter sees it: their "
      "opt-outs are lost.",
      {postfix.set("virtual_alias_domains", fmt::format("$virtual_alias_maps, {}", domain)),
       fmt::format("in main.cf, behind the maps that are there:  virtual_alias_maps = "
                   "inline:{{@{}=unsubscribe@example.com}}",
                   domain),
       postfix.reload()});
}

// In which class of domains it is, and whether its addresses are valid there
// (ADDRESS_CLASS_README).
Finding check_class(const Postfix& postfix, const std::string& domain, const MapLookup& lookup) {
  const std::string& delimiter = postfix.value("recipient_delimiter");
  struct Class {
    const char* domains;
    const char* recipients;
    bool all_if_empty;
    bool local;
  };
  constexpr Class kClasses[] = {
      {"mydestination", "local_recipient_maps", true, true},
      {"virtual_alias_domains", "virtual_alias_maps", false, false},
      {"virtual_mailbox_domains", "virtual_mailbox_maps", true, false},
      {"relay_domains", "relay_recipient_maps", true, false},
  };
  const bool has_alias =
      has_address(postfix.value("virtual_alias_maps"), domain, delimiter, false, lookup);
  for (const Class& of : kClasses) {
    if (!holds(postfix.value(of.domains), domain, lookup)) continue;
    const std::string& maps = postfix.value(of.recipients);
    if (has_alias || (maps.empty() && of.all_if_empty) ||
        has_address(maps, domain, delimiter, of.local, lookup)) {
      return good(kCheck, fmt::format("mail to u+…@{} is taken ({})", domain, of.domains));
    }
    return unknown_recipients(postfix, domain, of.domains, of.recipients);
  }
  return bad(kCheck, fmt::format("Postfix takes no mail for {}", domain),
             "Mail that people write to unsubscribe is refused here (relay access denied): their "
             "opt-outs are lost.",
             {postfix.set("virtual_alias_domains", fmt::format("$virtual_alias_maps, {}", domain)),
              fmt::format("in main.cf, behind the maps that are there:  virtual_alias_maps = "
                          "inline:{{@{}=unsubscribe@example.com}}",
                          domain),
              postfix.reload()});
}

}  // namespace

Findings check_unsubscribe_domain(const Postfix& postfix, const Config& config,
                                  const MapLookup& lookup) {
  const std::string& domain = config.unsubscribe.domain;
  if (domain.empty()) return {};
  Findings findings{check_class(postfix, domain, lookup)};

  const std::vector<Asker> all = askers(postfix, config.listen.address);
  const bool from_the_world = std::any_of(all.begin(), all.end(), [](const Asker& asker) {
    return asker.asks() && asker.is_listener() && !asker.service->is_submission();
  });
  if (from_the_world) {
    findings.push_back(
        good("requests to unsubscribe", "optout-milter is asked where nobody logs in"));
  } else {
    findings.push_back(
        bad("requests to unsubscribe", "optout-milter is asked only where people log in",
            "Whoever unsubscribes by mail comes in by the listener for the world, where nobody "
            "takes the request: the opt-out is lost.",
            {"in master.cf, below the listener for the world:  -o smtpd_milters=" +
                 name_for_postfix(config.listen.address, postfix.value("queue_directory")),
             postfix.reload()}));
  }
  return findings;
}

}  // namespace optout::doctor
