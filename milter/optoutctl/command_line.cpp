#include "optoutctl/command_line.h"

#include "log/log.h"
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

std::string see_help_of(const CLI::App& app) {
  const bool is_verb = app.get_parent() != nullptr;
  return fmt::format("\n  see: optoutctl {}{}--help", is_verb ? app.get_name() : "",
                     is_verb ? " " : "");
}

// "did you mean …?" over `known`, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  const std::string_view meant = nearest(word, words);
  return meant.empty() ? std::string() : fmt::format(" (did you mean {}?)", meant);
}

Trouble unknown_verb(const CLI::App& program, std::string_view word) {
  std::vector<std::string> verbs;
  for (const CLI::App* verb : program.get_subcommands([](const CLI::App*) { return true; })) {
    verbs.push_back(verb->get_name());
  }
  return wrong_usage(fmt::format("no such verb: {}{}{}", log::escaped(word),
                                 suggestion(word, verbs), see_help_of(program)));
}

Trouble unknown_argument(const CLI::App& app, std::string_view argument) {
  if (!argument.starts_with('-')) {
    return wrong_usage(
        fmt::format("too many arguments: {}{}", log::escaped(argument), see_help_of(app)));
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
    const auto chosen = program.get_subcommands();
    throw wrong_usage(log::escaped(error.what()) +
                      see_help_of(chosen.empty() ? program : *chosen.front()));
  }

  for (const auto& [app, verb] : declared) {
    if (!app->parsed()) continue;
    if (const auto unknown = unknown_of(program)) throw unknown_argument(program, *unknown);
    if (const auto unknown = unknown_of(*app)) throw unknown_argument(*app, *unknown);
    const Globals globals = understood(typed);
    Context context(globals);
    return verb->run(context);
  }
  const auto unknown = unknown_of(program);
  if (unknown && !unknown->starts_with('-')) throw unknown_verb(program, *unknown);
  if (unknown) throw unknown_argument(program, *unknown);
  throw wrong_usage("which verb?" + see_help_of(program));
}

}  // namespace optout
