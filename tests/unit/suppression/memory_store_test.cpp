// What only the store in memory does: fail on demand.

#include "suppression/memory_store.h"

#include <boost/test/unit_test.hpp>

namespace optout {

BOOST_AUTO_TEST_CASE(the_store_in_memory_fails_with_what_it_was_told) {
  MemoryStore store([] { return Instant{}; });
  BOOST_REQUIRE(store.init("test"));
  store.fail_with(Error{Fault::timeout, "told to"});
  BOOST_TEST(
      (store.find({}, {}, FetchEvidence::if_listed).error() == Error{Fault::timeout, "told to"}));
  store.fail_with(std::nullopt);
  BOOST_TEST(static_cast<bool>(store.find({}, {}, FetchEvidence::if_listed)));
}

}  // namespace optout
