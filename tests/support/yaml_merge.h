// Lays one YAML text over another.

#pragma once

#include <string>
#include <string_view>

namespace optout::test {

// `over` wins: mappings are merged key by key, anything else replaces what stands below it.
// Throws std::runtime_error if either is not YAML.
std::string merged_yaml(std::string_view base, std::string_view over);

}  // namespace optout::test
