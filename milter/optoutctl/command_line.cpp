#include "optoutctl/command_line.h"

#include "log/log.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "util/suggest.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace optout {
namespace {

// What the flags that all verbs have were given, before it is understood.
struct Typed {
  std::string config_file{kDefaultConfigFile};
  std::string format = "table";
  bool quiet = false;
  bool yes = false;
};

// Declared for the program and for each verb alike, so that they may stand before or after the
// verb.
void declare_globals(CLI::App& app, Typed& typed) {
  const std::string config_help =
      fmt::format("Configuration file (default: {})", kDefaultConfigFile);
  app.add_option("-c,--config", typed.config_file, config_help)
      ->type_name("FILE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("-o,--output", typed.format, "Results as table (the default), json, csv or tab")
      ->type_name("FORMAT")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_flag("-q,--quiet", typed.quiet, "No results, no talk: only errors, and the exit code");
  app.add_flag("--yes", typed.yes, "Do it even where optoutctl would rather not, and says so");
  app.set_version_flag("-V,--version", "optoutctl " OPTOUT_VERSION, "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  app.allow_extras();  // what nobody knows is complained about below, with a suggestion
}

Globals understood(const Typed& typed) {
  const std::optional<Format> format = parse_format(typed.format);
  if (!format) {
    constexpr std::array<std::string_view, 4> kFormats{"table", "json", "csv", "tab"};
    const std::string_view meant = nearest(typed.format, kFormats);
    throw wrong_usage(fmt::format(
        "-o {}: no such format ({})", log::escaped(typed.format),
        meant.empty() ? "write table, json, csv or tab" : fmt::format("did you mean {}?", meant)));
  }
  return {
      .config_file = typed.config_file, .format = *format, .quiet = typed.quiet, .yes = typed.yes};
}

// How a verb is typed, with a space behind it: "keys new "; nothing for the program.
std::string typed_name(const CLI::App& app) {
  if (app.get_parent() == nullptr) return {};
  return typed_name(*app.get_parent()) + app.get_name() + " ";
}

std::string see_help_of(const CLI::App& app) {
  return fmt::format("\n  see: optoutctl {}--help", typed_name(app));
}

std::vector<const CLI::App*> verbs_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// The program, the verb that was typed, and where that is one of a group, that one: as far as it
// was typed.
std::vector<const CLI::App*> typed_path(const CLI::App& program) {
  std::vector<const CLI::App*> path{&program};
  while (true) {
    const std::vector<const CLI::App*> verbs = verbs_of(*path.back());
    const auto next = std::find_if(verbs.begin(), verbs.end(),
                                   [](const CLI::App* verb) { return verb->parsed(); });
    if (next == verbs.end()) return path;
    path.push_back(*next);
  }
}

// "did you mean …?" over `known`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  const std::string_view meant = nearest(word, words);
  return meant.empty() ? std::string() : fmt::format(" (did you mean {}?)", meant);
}

Trouble unknown_verb(const CLI::App& app, std::string_view word) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : verbs_of(app))
    verbs.push_back(verb->get_name());
  return wrong_usage(fmt::format("no such verb: {}{}{}{}", typed_name(app), log::escaped(word),
                                 suggestion(word, verbs), see_help_of(app)));
}

Trouble unknown_argument(const CLI::App& app, std::string_view argument) {
  if (!argument.starts_with('-')) {
    return wrong_usage(
        fmt::format("too many arguments: {}{}", log::escaped(argument), see_help_of(app)));
  }
  if (argument.find('@') != std::string_view::npos && !argument.starts_with("--")) {
    return wrong_usage(fmt::format(
        "no such flag: {0}\n  an address that begins with - stands behind --: optoutctl "
        "{1}-- {2}",
        log::escaped(argument), typed_name(app), shell_quoted(log::escaped(argument))));
  }
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      flags.push_back("--" + name);
  }
  const std::string_view flag = argument.substr(0, argument.find('='));
  return wrong_usage(fmt::format("no such flag: {}{}{}", log::escaped(flag),
                                 suggestion(flag, flags), see_help_of(app)));
}

// The first argument that `app` did not know, if any. CLI11 keeps "--" among them.
std::optional<std::string> unknown_of(const CLI::App& app) {
  for (const std::string& argument : app.remaining()) {
    if (argument != "--") return argument;
  }
  return std::nullopt;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  Typed typed;
  CLI::App program("Everything an administrator does with opt-outs by hand, or from cron.",
                   "optoutctl");
  declare_globals(program, typed);
  program.require_subcommand(0, 1);
  program.footer(
      "Results go to standard output, talk to standard error.\n"
      "\"optoutctl VERB --help\" explains a verb; optoutctl(1) explains them all.");

  const std::vector<std::unique_ptr<Verb>> verbs = all_verbs();
  std::vector<std::pair<CLI::App*, Verb*>> declared;
  for (const auto& verb : verbs) {
    CLI::App* app = verb->declare(program);
    declare_globals(*app, typed);
    declared.emplace_back(app, verb.get());
  }
  for (CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (verbs_of(*app).empty()) continue;
    declare_globals(*app, typed);
    app->require_subcommand(0, 1);
  }
  if (argc <= 1) {
    fmt::print(stderr, "{}", program.help());
    return EX_USAGE;
  }

  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", program.help());
    return EX_OK;
  } catch (const CLI::CallForVersion&) {
    fmt::print("optoutctl {}\n", OPTOUT_VERSION);
    return EX_OK;
  } catch (const CLI::ParseError& error) {
    throw wrong_usage(log::escaped(error.what()) + see_help_of(*typed_path(program).back()));
  }

  const std::vector<const CLI::App*> path = typed_path(program);
  const CLI::App& last = *path.back();
  for (const CLI::App* app : path) {
    const auto unknown = unknown_of(*app);
    if (!unknown) continue;
    const bool is_group = !verbs_of(*app).empty();
    if (is_group && app == &last && !unknown->starts_with('-')) throw unknown_verb(*app, *unknown);
    throw unknown_argument(*app, *unknown);
  }
  for (const auto& [app, verb] : declared) {
    if (app != &last) continue;
    const Globals globals = understood(typed);
    Context context(globals);
    try {
      return verb->run(context);
    } catch (const Trouble& trouble) {
      throw Trouble(trouble.exit_code(), context.with_config_named(trouble.what()));
    }
  }
  throw wrong_usage("which verb?" + see_help_of(last));
}

}  // namespace optout
