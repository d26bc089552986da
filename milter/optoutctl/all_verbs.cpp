#include "optoutctl/verb.h"

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

}  // namespace optout
