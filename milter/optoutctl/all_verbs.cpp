#include "optoutctl/verb.h"

#include <CLI/App.hpp>

namespace optout {

#define OPTOUT_VERB(name) std::unique_ptr<Verb> verb_##name();
#include "optoutctl_verbs.inc"
#undef OPTOUT_VERB

std::vector<std::unique_ptr<Verb>> all_verbs() {
  std::vector<std::unique_ptr<Verb>> verbs;
#define OPTOUT_VERB(name) verbs.push_back(verb_##name());
#include "optoutctl_verbs.inc"
#undef OPTOUT_VERB
  return verbs;
}

CLI::App& verb_group(CLI::App& program, const std::string& name, const std::string& help) {
  for (CLI::App* app : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (app->get_name() == name) return *app;
  }
  return *program.add_subcommand(name, help);
}

}  // namespace optout
