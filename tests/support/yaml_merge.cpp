#include "support/yaml_merge.h"

#include <yaml-cpp/yaml.h>

namespace optout::test {
namespace {

YAML::Node merged(const YAML::Node& base, const YAML::Node& over) {
  if (!base.IsMap() || !over.IsMap()) return over;
  YAML::Node result = YAML::Clone(base);
  for (const auto& entry : over) {
    const auto key = entry.first.as<std::string>();
    result[key] = result[key] ? merged(result[key], entry.second) : entry.second;
  }
  return result;
}

}  // namespace

std::string merged_yaml(std::string_view base, std::string_view over) {
  const YAML::Node top = YAML::Load(std::string(over));
  const YAML::Node bottom = YAML::Load(std::string(base));
  return YAML::Dump(top.IsNull() ? bottom : merged(bottom, top)) + "\n";
}

}  // namespace optout::test
