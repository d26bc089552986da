// What the contract suite needs of a registry: the registry, with a bound that tests can reach.

#pragma once

#include "suppression/registry.h"

#include <memory>

namespace optout::test {

inline constexpr std::size_t kFewLists = 3;

class RegistryUnderTest {
public:
  virtual ~RegistryUnderTest() = default;
  virtual Registry& registry() = 0;

  // From now on the store behind it is not ours.
  virtual void unmark() = 0;
};

// An empty registry that keeps kFewLists for a tenant. Each test program defines its own.
std::unique_ptr<RegistryUnderTest> make_registry_under_test();

}  // namespace optout::test
