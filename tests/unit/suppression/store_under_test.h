// What the contract suite needs of a store: the store, and what others do behind its back.

#pragma once

#include "suppression/store.h"

#include <memory>

namespace optout::test {

class StoreUnderTest {
public:
  virtual ~StoreUnderTest() = default;
  virtual SuppressionStore& store() = 0;
  virtual void add_as_others_do(const std::string& member, const SetName& set) = 0;
  virtual void flush() = 0;
};

// An empty store, not yet initialised. Each test program defines its own.
std::unique_ptr<StoreUnderTest> make_store_under_test();

}  // namespace optout::test
