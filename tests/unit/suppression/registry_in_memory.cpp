#include "registry_under_test.h"
#include "suppression/memory_registry.h"

namespace optout::test {
namespace {

class MemoryRegistryUnderTest final : public RegistryUnderTest {
public:
  Registry& registry() override { return registry_; }
  void unmark() override { registry_.fail_with(Error{Fault::schema_missing, "no marker"}); }

private:
  MemoryRegistry registry_{kFewLists};
};

}  // namespace

std::unique_ptr<RegistryUnderTest> make_registry_under_test() {
  return std::make_unique<MemoryRegistryUnderTest>();
}

}  // namespace optout::test
