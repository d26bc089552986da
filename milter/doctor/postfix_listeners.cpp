// Who asks us and who does not. Not every listener must: mail from the world need not be asked
// about, so only those on which people send are wrong without us.

#include "doctor/config_place.h"
#include "doctor/postfix_checks.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout::doctor {
namespace {

bool is_second_pass(const Postfix& postfix, const PostfixService& service) {
  const auto options = postfix_list(postfix.value("receive_override_options", service));
  return std::find(options.begin(), options.end(), "no_milters") != options.end();
}

// How the list of milters reads with us in front, called `name`; with what was set for us alone
// where we were in it under a name that its chroot hides.
std::string with_us(const Asker& asker, const std::string& name) {
  std::string list = name;
  if (asker.hidden) {
    const MilterName& us = asker.milters[*asker.ours];
    list = us.written;
    list.replace(list.find(us.text), us.text.size(), name);
  }
  for (const MilterName& other : asker.milters) {
    if (asker.hidden && &other == &asker.milters[*asker.ours]) continue;
    list += "," + other.written;
  }
  return list;
}

std::string with_us(const Asker& asker, const Postfix& postfix, const SocketAddress& ours) {
  return with_us(asker, name_for_postfix(ours, postfix.value("queue_directory")));
}

// Whether the socket can be named relative to the queue, which is right in every chroot.
bool is_below_queue(const Postfix& postfix, const SocketAddress& ours) {
  return name_for_postfix(ours, postfix.value("queue_directory")) != "unix:" + ours.path;
}

constexpr const char* kBelowQueue = "unix:optout-milter/milter.sock";

// How a socket that no chroot can see is moved to where all can. The directory gives it its group.
Fix moving_below_queue(const Postfix& postfix, const Config& config) {
  const std::string& queue = postfix.value("queue_directory");
  Fix fix{fmt::format("install -d -o _optout-milter -g postfix -m 2750 {}/optout-milter", queue),
          in_config(fmt::format("listen: unix:{}/optout-milter/milter.sock", queue))};
  if (!config.listen.group.empty()) fix.push_back(in_config("socket: { group: \"\" }"));
  fix.emplace_back("systemctl restart optout-milter");
  return fix;
}

Fix way_into_chroot(const Asker& asker, const Postfix& postfix, const Config& config) {
  const bool has_a_name = is_below_queue(postfix, config.listen.address);
  const std::string right =
      has_a_name ? with_us(asker, postfix, config.listen.address) : with_us(asker, kBelowQueue);
  Fix fix = has_a_name ? Fix() : moving_below_queue(postfix, config);
  const bool own = asker.service->overrides.contains(asker.parameter);
  fix.push_back(own ? postfix.set(*asker.service, asker.parameter, right)
                    : postfix.set(asker.parameter, right));
  fix.push_back(postfix.reload());
  return fix;
}

Finding nobody_asks(const std::vector<Asker>& all, const Postfix& postfix, const Config& config) {
  const SocketAddress& ours = config.listen.address;
  const bool chrooted = std::any_of(all.begin(), all.end(),
                                    [](const Asker& asker) { return asker.service->chrooted; });
  const bool must_move = ours.is_unix() && chrooted && !is_below_queue(postfix, ours);
  Fix fix = must_move ? moving_below_queue(postfix, config) : Fix();
  const std::string name =
      must_move ? kBelowQueue : name_for_postfix(ours, postfix.value("queue_directory"));
  for (const char* parameter : {"smtpd_milters", "non_smtpd_milters"}) {
    const std::string& others = postfix.value(parameter);
    fix.push_back(
        postfix.set(parameter, others.empty() ? name : fmt::format("{}, {}", name, others)));
  }
  fix.push_back(postfix.set("milter_default_action", "tempfail"));
  fix.push_back(postfix.reload());
  return bad("smtpd_milters", fmt::format("no listener asks {}", ours.to_string()),
             "Postfix does not ask optout-milter, so everybody who has opted out gets mail.", fix);
}

Findings check_filters(const Postfix& postfix, const Asker& asker) {
  Findings findings;
  const PostfixService& service = *asker.service;
  if (const auto& filter = postfix.value("smtpd_proxy_filter", service); !filter.empty()) {
    findings.push_back(
        bad("smtpd_proxy_filter", fmt::format("{} on {}", filter, asker.name()),
            "On this listener Postfix shows us no header and takes no changes from us: nobody is "
            "stripped or held, and people who left a list still get its mail.",
            {"ask optout-milter on the listener behind the filter, and here not:",
             postfix.set(service, "smtpd_milters", ""), postfix.reload()}));
  }
  const std::string& main_filter = postfix.value("content_filter");
  const bool gives_back = service.overrides.contains("content_filter") &&
                          service.overrides.at("content_filter").empty();
  if (!main_filter.empty() && gives_back) {
    findings.push_back(doubtful(
        "content_filter",
        fmt::format("mail that comes back from {} to {} is asked about again", main_filter,
                    asker.name()),
        "Each message is counted and logged twice, and the bulk guard stops senders at half their "
        "limit.",
        {postfix.set(service, "receive_override_options",
                     "no_unknown_recipient_checks,no_header_body_checks,no_milters"),
         postfix.reload()}));
  }
  return findings;
}

Finding sendmail_program(const Asker& asker, const Postfix& postfix, const SocketAddress& ours) {
  if (asker.asks()) return good("non_smtpd_milters", "mail from sendmail(1) is asked about");
  return doubtful(
      "non_smtpd_milters", "mail from sendmail(1) is not asked about",
      "What cron, PHP's mail() and scripts on this host send goes to people who have "
      "opted out, too.",
      {postfix.set("non_smtpd_milters", with_us(asker, postfix, ours)), postfix.reload()});
}

Finding silent(const Asker& asker, const Postfix& postfix, const Config& config) {
  const std::string check = asker.parameter + " of " + asker.name();
  const Fix fix{
      postfix.set(*asker.service, asker.parameter, with_us(asker, postfix, config.listen.address)),
      postfix.reload()};
  const std::string found =
      asker.milters.empty() ? "no milter is asked" : "optout-milter is not among them";
  if (asker.service->is_submission()) {
    return bad(check, found, "Mail that people send there goes to those who have opted out, too.",
               fix);
  }
  return doubtful(check, found,
                  "Right where mail comes from the world; where your own servers send, those who "
                  "have opted out get their mail.",
                  fix);
}

}  // namespace

Findings check_listeners(const Postfix& postfix, const Config& config) {
  const SocketAddress& ours = config.listen.address;
  const std::vector<Asker> all = askers(postfix, ours);
  const bool anybody = std::any_of(all.begin(), all.end(), [](const Asker& a) { return a.asks(); });
  if (!anybody) return {nobody_asks(all, postfix, config)};

  Findings findings;
  std::vector<std::string> asking;
  std::vector<std::string> second;
  for (const Asker& asker : all) {
    if (asker.hidden) {
      findings.push_back(
          bad(asker.parameter + " of " + asker.name(),
              fmt::format("{} is outside of its chroot, {}", ours.path,
                          postfix.value("queue_directory")),
              "Postfix does not find the socket, and turns all mail away for now (451) or, with "
              "milter_default_action = accept, lets it go unasked.",
              way_into_chroot(asker, postfix, config)));
    } else if (asker.is_listener() && asker.asks()) {
      asking.push_back(asker.name());
    } else if (asker.is_listener() && is_second_pass(postfix, *asker.service)) {
      second.push_back(asker.name());
    } else if (asker.is_listener()) {
      findings.push_back(silent(asker, postfix, config));
    } else {
      findings.push_back(sendmail_program(asker, postfix, ours));
    }
    if (asker.asks() && asker.is_listener() && !is_second_pass(postfix, *asker.service))
      append(findings, check_filters(postfix, asker));
  }
  if (!second.empty()) {
    findings.insert(findings.begin(), good("receive_override_options",
                                           fmt::format("mail that comes back to {} is not asked "
                                                       "about twice",
                                                       listed(second))));
  }
  if (!asking.empty()) {
    findings.insert(
        findings.begin(),
        good("smtpd_milters", fmt::format("optout-milter is asked by {}", listed(asking))));
  }
  if (const auto& maps = postfix.value("smtpd_milter_maps"); !maps.empty()) {
    findings.push_back(doubtful("smtpd_milter_maps", maps,
                                "For clients named there other milters are asked than "
                                "smtpd_milters says, perhaps not optout-milter.",
                                {"see that each list in it names optout-milter, but for clients "
                                 "whose mail is not yours"}));
  }
  return findings;
}

}  // namespace optout::doctor
