// The Redis store on a real redis-server: one server for the program, flushed for each test.

#include "redis_under_test.h"

#include "redis/client.h"
#include "store_under_test.h"
#include "suppression/redis_store.h"

#include <cstdlib>
#include <iostream>

namespace optout::test {
namespace {

class RedisUnderTest final : public StoreUnderTest {
public:
  RedisUnderTest()
      : client_(redis::make_client(options())), store_(make_redis_store(*client_, "optout:", {})) {
    flush();
  }
  SuppressionStore& store() override { return *store_; }
  void add_as_others_do(const std::string& member, const SetName& set) override {
    shared_redis().cli({"SADD", "optout:set:" + std::string(set.text()), member});
  }
  void flush() override { shared_redis().cli({"FLUSHALL"}); }

private:
  static RedisOptions options() {
    RedisOptions options;
    options.address.path = shared_redis().socket();
    options.timeout = std::chrono::seconds(20);  // a busy machine is no fault of the store
    return options;
  }

  std::unique_ptr<redis::Executor> client_;
  std::unique_ptr<SuppressionStore> store_;
};

}  // namespace

RedisServer& shared_redis() {
  if (!RedisServer::available()) {
    std::cerr << "skipped: neither redis-server nor valkey-server is installed\n";
    std::_Exit(77);
  }
  static RedisServer server;
  return server;
}

std::unique_ptr<StoreUnderTest> make_store_under_test() {
  return std::make_unique<RedisUnderTest>();
}

}  // namespace optout::test
