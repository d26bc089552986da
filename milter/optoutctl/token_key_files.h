// The file of token keys, as the verbs of `optoutctl keys` find, read and warn about it.

#pragma once

#include "optoutctl/verb.h"
#include "unsubscribe/token_keys.h"

#include <string>

namespace optout {

// Where the verbs of `optoutctl keys` are declared.
inline CLI::App& keys_group(CLI::App& program) {
  return verb_group(program, "keys", "Make, list and retire the keys of tokens");
}

// `given`, or what unsubscribe.keys names in the configuration, which may be unusable otherwise:
// as long as that file is missing, it is. Throws Trouble if there is no name; `typed` is the verb
// that lacks it, such as "keys list".
std::string token_key_path(const Context& context, const std::string& given,
                           const std::string& typed);

// What a command that we suggest must end in to mean the file that was given: " other.keys", or
// nothing.
std::string file_word(const std::string& given);

struct ReadKeys {
  TokenKeys keys;
  bool usable = true;  // else what keeps it from being so was complained of
};

// Throws Trouble if there is no such file, or it cannot be read. `given`: as above.
ReadKeys read_token_keys(const Context& context, const std::string& path, const std::string& given);

// Says that the daemon, and other relays, must be told of what has changed.
void say_what_next(const Context& context, const std::string& path);

// Says which group can read the file, and of root's that the daemon's must be able to.
void say_who_can_read(const Context& context, const std::string& path);

}  // namespace optout
