#include "store_under_test.h"
#include "suppression/memory_store.h"

namespace optout::test {
namespace {

class MemoryUnderTest final : public StoreUnderTest {
public:
  SuppressionStore& store() override { return store_; }
  void add_as_others_do(const std::string& member, const SetName& set) override {
    store_.add_as_others_do(member, set);
  }
  void flush() override { store_.flush(); }

private:
  MemoryStore store_{
      [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }};
};

}  // namespace

std::unique_ptr<StoreUnderTest> make_store_under_test() {
  return std::make_unique<MemoryUnderTest>();
}

}  // namespace optout::test
