// Suppression sets on the command line: --set and --list, and the sets we know by name.

#pragma once

#include "config/config.h"
#include "optoutctl/context.h"
#include "suppression/set_name.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace optout {

// The set that `text` names ("global", "list:news.example.com", "stream:shop", "key:crm:gone"), or
// a sentence about what is wrong with it. A List-Id may stand in angle brackets and in any case.
std::variant<SetName, std::string> parse_set_name(std::string_view text);

// The flags --set and --list of a verb, each of which may be repeated, and --tenant.
class SetFlags {
public:
  void declare(CLI::App& verb, const std::string& set_help, const std::string& list_help);
  void declare_tenant(CLI::App& verb, const std::string& help);  // that flag alone

  bool given() const noexcept { return !sets_.empty() || !lists_.empty(); }

  // Whose sets are meant; empty for the common ones. Throws Trouble over a bad name.
  const std::string& tenant() const;

  // The sets that were named, each once, in the order given; throws Trouble over the first bad
  // name.
  std::vector<SetName> named() const;

  // As above, but "global" if none was named, and none that is only ours to read: what add and
  // remove change.
  std::vector<SetName> to_change() const;

private:
  std::vector<std::string> sets_;
  std::vector<std::string> lists_;
  std::string tenant_;
  CLI::Option* tenant_option_ = nullptr;
};

// "list:a.example of tenant acme", escaped: how a set is called in a sentence.
std::string in_words(const SetName& set);

// Whether a stream in the configuration has this tenant.
bool has_tenant(const Config& config, const std::string& tenant);

// Says so if none has.
void warn_of_unknown_tenant(const Context& context, const Config& config,
                            const std::string& tenant);

// Every set that can be named without looking into Redis: those of our own with fixed names, each
// stream's own, and those that the streams honour, foreign ones included; the common ones and those
// of every tenant that a stream has. Sets of lists are known only if a stream names them, or from
// evidence.
std::vector<SetName> known_sets(const Config& config);

// The same of one tenant alone, whether a stream has it or not.
std::vector<SetName> known_sets_of(const std::string& tenant, const Config& config);

// `sets` and those of `more` that are not among them.
std::vector<SetName> together(std::vector<SetName> sets, const std::vector<SetName>& more);

}  // namespace optout
