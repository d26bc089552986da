// From argv to a verb: the flags that all verbs have, help, and complaints about what was typed.

#pragma once

#include "optoutctl/context.h"
#include "optoutctl/verb.h"

#include <memory>
#include <vector>

namespace optout {

// Reads the command line, runs the verb, and returns its exit code. Help and version are printed
// here. Throws Trouble.
int run_command_line(int argc, char** argv);

}  // namespace optout
