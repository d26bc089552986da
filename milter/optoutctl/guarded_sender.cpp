#include "optoutctl/guarded_sender.h"

#include "address/ascii.h"
#include "config/sender_pattern.h"
#include "guard/identity.h"
#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "suppression/record_words.h"
#include "util/glob.h"
#include "util/ip_network.h"
#include "util/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace optout {
namespace {

constexpr std::string_view kUnknown = "unknown";  // nobody knows who sends it

// "auth:" of "auth:crm"; empty where there is no such kind.
std::string_view kind_of(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> kKinds{"auth:", "client:", "sender:"};
  for (const std::string_view kind : kKinds) {
    if (ascii::same_ignoring_case(name.substr(0, kind.size()), kind)) return kind;
  }
  return {};
}

}  // namespace

std::string sender_name(std::string_view typed, std::string_view example) {
  typed = trimmed(typed);
  if (typed.empty()) throw wrong_usage(fmt::format("which sender?\n  try: optoutctl {}", example));
  std::string_view kind = kind_of(typed);
  std::string_view rest = typed.substr(kind.size());
  if (kind.empty() && typed != kUnknown && !typed.starts_with("unknown/") &&
      typed.find(':') == std::string_view::npos)
    kind = "auth:";
  if (kind == "client:" && parse_ip_address(rest)) {
    constexpr std::array kClient{IdentityKind::client};
    return identity_of({.client = rest}, kClient);
  }
  std::string name(kind);
  while (!rest.empty()) {
    if (rest.front() == '/') {
      name += rest.front();  // a stream follows
      rest.remove_prefix(1);
    } else {
      append_typed(name, rest);
    }
  }
  return name;
}

void check_can_send(const Config& config, std::string_view name) {
  std::string_view who = name;
  for (const Stream& stream : config.streams) {
    const std::string ending = "/" + stream.name;
    if (!stream.guard || !name.ends_with(ending)) continue;
    who = name.substr(0, name.size() - ending.size());
  }
  if (const auto slash = who.rfind('/');
      slash != std::string_view::npos && kind_of(who) != "client:") {
    throw wrong_usage(fmt::format("{}: no stream {} has limits of its own", log::escaped(name),
                                  log::escaped(who.substr(slash + 1))));
  }
  const auto parsed = sender_identity_type().parse(who);
  if (const auto* problem = std::get_if<Problem>(&parsed))
    throw wrong_usage(log::escaped(problem->text));
  if (is_glob(who)) {
    throw wrong_usage(
        fmt::format("{} is a pattern: name one sender, or set limits for them in guard.senders",
                    log::escaped(name)));
  }
}

GuardedSender guarded_sender(const Config& config, std::string name) {
  GuardOptions options = config.guard;
  options.mode = GuardMode::enforce;  // the limits are asked for, not whether they are in force
  const Guard guard(nullptr, {}, std::move(options), {});
  std::optional<GuardedSender> found;
  for (const Stream& stream : config.streams) {
    const std::string ending = "/" + stream.name;
    if (!stream.guard || !name.ends_with(ending)) continue;
    found = guard.sender(name.substr(0, name.size() - ending.size()), stream.name, stream.guard);
  }
  if (!found) found = guard.sender(name, {}, std::nullopt);
  if (!found) found = GuardedSender{.name = {}, .limits = {}};
  found->name = std::move(name);
  return *std::move(found);
}

GuardDesk guard_desk(Context& context) {
  const Config& config = context.config();
  return GuardDesk(context.redis(), config.prefix, config.addresses);
}

void say_not_found(Context& context, std::string_view sender, std::string_view what) {
  const auto all = guard_desk(context).list();
  if (!all) throw trouble_with_redis(all.error(), context.config().redis);
  std::vector<std::string_view> names;
  for (const ListedSender& each : *all)
    names.push_back(each.name);
  std::string_view meant = nearest(sender, names);
  const auto of_stream = std::find_if(names.begin(), names.end(), [&](std::string_view name) {
    return name.starts_with(std::string(sender) + "/");
  });
  if (of_stream != names.end()) meant = *of_stream;
  if (meant == sender) meant = {};  // it is known, but not for this
  context.say(fmt::format(
      "{}: {}{}", log::escaped(sender), what,
      meant.empty() ? fmt::format("\n  to see who there is: {}", context.command("guard list"))
                    : fmt::format(" (did you mean {}?)", log::escaped(meant))));
}

void say_more(Context& context, std::string_view sender, const SenderState& state) {
  if (state.more_messages == 0) return;
  context.say(fmt::format("{}: so have {} more messages, each by itself", log::escaped(sender),
                          state.more_messages));
}

void check_length(std::string_view flag, std::string_view text) {
  if (text.size() <= kLongestText) return;
  throw wrong_usage(
      fmt::format("{}: {} bytes are too many; {} are kept", flag, text.size(), kLongestText));
}

}  // namespace optout
