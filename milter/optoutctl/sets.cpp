#include "optoutctl/sets.h"

#include "config/stream_types.h"
#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "util/suggest.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace optout {
namespace {

constexpr std::array<std::string_view, 4> kFixed{"global", "complaint", "bounce", "block"};
constexpr std::string_view kAllSets =
    "write global, complaint, bounce, block, stream:<name> or list:<list-id>";

bool visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// What a mail can have in its List-Id (policy/list_id.h) can be named.
bool may_be_list_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c > 0x20 && c < 0x7F) || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// RFC 2919: compared without regard to case; what stands in angle brackets, where there are any.
std::variant<SetName, std::string> list_set(std::string_view id) {
  if (const auto open = id.rfind('<'); open != std::string_view::npos && id.ends_with('>')) {
    id = id.substr(open + 1, id.size() - open - 2);
  }
  id = trimmed(id);
  if (id.empty() || id.size() > 255 || !may_be_list_id(id)) {
    return fmt::format("\"{}\" is not a List-Id (write news.example.com)", log::escaped(id));
  }
  return SetName::list(lower(id));
}

std::variant<SetName, std::string> named_set(std::string_view kind, std::string_view name) {
  if (kind == "list") return list_set(name);
  if (name.empty() || name.size() > 255 || !visible_ascii(name)) {
    return fmt::format("\"{}\" is not a name", log::escaped(name));
  }
  return SetName(fmt::format("{}:{}", kind, name));
}

void add_once(std::vector<SetName>& sets, SetName set) {
  if (std::find(sets.begin(), sets.end(), set) == sets.end()) sets.push_back(std::move(set));
}

SetName set_or_trouble(std::string_view flag, std::string_view text,
                       const std::variant<SetName, std::string>& parsed) {
  if (const auto* set = std::get_if<SetName>(&parsed)) return *set;
  throw wrong_usage(
      fmt::format("{} {}: {}", flag, log::escaped(text), std::get<std::string>(parsed)));
}

}  // namespace

std::variant<SetName, std::string> parse_set_name(std::string_view text) {
  const auto colon = text.find(':');
  const std::string_view word = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    if (std::find(kFixed.begin(), kFixed.end(), word) != kFixed.end())
      return SetName(std::string(word));
    const std::string_view meant = nearest(word, kFixed);
    if (!meant.empty()) return fmt::format("no such set (did you mean {}?)", meant);
    return fmt::format("no such set ({})", kAllSets);
  }
  constexpr std::array<std::string_view, 3> kKinds{"stream", "list", "key"};
  if (std::find(kKinds.begin(), kKinds.end(), word) != kKinds.end())
    return named_set(word, text.substr(colon + 1));
  const std::string_view meant = nearest(word, kKinds);
  if (!meant.empty())
    return fmt::format("no such set (did you mean {}{}?)", meant, log::escaped(text.substr(colon)));
  return fmt::format("no such set ({})", kAllSets);
}

void SetFlags::declare(CLI::App& verb, const std::string& set_help, const std::string& list_help) {
  // Without allow_extra_args(false), CLI11 would take the addresses that follow for more sets.
  verb.add_option("--set", sets_, set_help)->type_name("SET")->allow_extra_args(false);
  verb.add_option("--list", lists_, list_help)->type_name("ID")->allow_extra_args(false);
  declare_tenant(verb, "The sets of this tenant, not the common ones");
}

void SetFlags::declare_tenant(CLI::App& verb, const std::string& help) {
  tenant_option_ = verb.add_option("--tenant", tenant_, help)->type_name("NAME");
}

const std::string& SetFlags::tenant() const {
  if (tenant_option_->count() == 0) return tenant_;
  // With an empty variable, "--tenant $name" must not mean the common sets.
  if (tenant_.empty()) throw wrong_usage("--tenant: a name is missing");
  const auto parsed = tenant_type().parse(tenant_);
  if (const auto* problem = std::get_if<Problem>(&parsed))
    throw wrong_usage("--tenant: " + log::escaped(problem->text));
  return tenant_;
}

std::vector<SetName> SetFlags::named() const {
  std::vector<SetName> sets;
  const auto add = [&](std::string_view flag, const std::string& typed, const auto& parsed) {
    add_once(sets, SetName(std::string(set_or_trouble(flag, typed, parsed).text()), tenant()));
  };
  for (const std::string& text : sets_)
    add("--set", text, parse_set_name(text));
  for (const std::string& id : lists_)
    add("--list", id, list_set(id));
  return sets;
}

std::vector<SetName> SetFlags::to_change() const {
  std::vector<SetName> sets = named();
  if (sets.empty()) sets.emplace_back("global", tenant());
  for (const SetName& set : sets) {
    if (set.is_foreign()) {
      throw wrong_usage(
          fmt::format("--set {}: that set is kept by others, and only read here\n"
                      "  change it where it is kept",
                      log::escaped(set.text())));
    }
  }
  return sets;
}

std::string in_words(const SetName& set) {
  const std::string name = log::escaped(set.text());
  return set.tenant().empty() ? name : fmt::format("{} of tenant {}", name, set.tenant());
}

bool has_tenant(const Config& config, const std::string& tenant) {
  return std::any_of(config.streams.begin(), config.streams.end(),
                     [&](const Stream& stream) { return stream.tenant == tenant; });
}

void warn_of_unknown_tenant(const Context& context, const Config& config,
                            const std::string& tenant) {
  if (!tenant.empty() && !has_tenant(config, tenant))
    context.say(fmt::format("note: no stream in the configuration has the tenant {}", tenant));
}

std::vector<SetName> known_sets(const Config& config) {
  std::vector<SetName> sets = known_sets_of("", config);
  std::vector<std::string> tenants{""};
  for (const Stream& stream : config.streams) {
    if (std::find(tenants.begin(), tenants.end(), stream.tenant) != tenants.end()) continue;
    tenants.push_back(stream.tenant);
    sets = together(std::move(sets), known_sets_of(stream.tenant, config));
  }
  return sets;
}

std::vector<SetName> known_sets_of(const std::string& tenant, const Config& config) {
  std::vector<SetName> sets;
  for (const std::string_view name : kFixed)
    add_once(sets, SetName(std::string(name), tenant));
  for (const Stream& stream : config.streams) {
    if (stream.tenant == tenant) add_once(sets, SetName::stream(stream.name, tenant));
  }
  for (const Stream& stream : config.streams) {
    if (stream.tenant != tenant) continue;
    for (const std::string& honoured : stream.honours) {
      // "list" and "stream" stand for the message's own; which that is, only a message can say.
      if (honoured != "list" && honoured != "stream") add_once(sets, SetName(honoured, tenant));
    }
  }
  return sets;
}

std::vector<SetName> together(std::vector<SetName> sets, const std::vector<SetName>& more) {
  for (const SetName& set : more)
    add_once(sets, set);
  return sets;
}

}  // namespace optout
