// A verb of optoutctl: what it is called, which flags it takes, and what it does.
//
// Each verb is one file, verbs/<verb>.cpp, with a class of its own and a function verb_<verb>()
// that makes it; the list of verbs is in CMakeLists.txt. The flags that all verbs have are added
// for it (command_line.h). A verb of two words, such as `optoutctl keys new`, is one of a group.

#pragma once

#include "optoutctl/context.h"

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace optout {

class Verb {
public:
  virtual ~Verb() = default;

  // Adds this verb, with its flags and its help, to `program`. The verb outlives `program`'s
  // parsing.
  virtual CLI::App* declare(CLI::App& program) = 0;

  // Does the work and returns the exit code: 0, or what the verb's help promises. What keeps it
  // from doing its work is thrown as Trouble. Results go to context.results(), talk to
  // context.say().
  virtual int run(Context& context) = 0;
};

std::vector<std::unique_ptr<Verb>> all_verbs();

// Where the verbs of a group are declared, `keys` for `keys new`. The first that asks makes it.
CLI::App& verb_group(CLI::App& program, const std::string& name, const std::string& help);

}  // namespace optout
