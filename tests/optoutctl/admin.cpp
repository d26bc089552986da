#include "admin.h"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace optout::test {

std::string optoutctl_path() {
  const char* bin = std::getenv("OPTOUT_BIN");
  if (bin == nullptr) {
    std::puts("skipped: OPTOUT_BIN does not say where optoutctl is (ctest does)");
    std::exit(77);
  }
  return std::string(bin) + "/optoutctl";
}

Finished optoutctl(const Words& words, std::string_view input, const Words& environment) {
  Words argv{optoutctl_path()};
  argv.insert(argv.end(), words.begin(), words.end());
  return run(argv, input, environment);
}

Admin::Admin(const Words& redis_conf) {
  if (!RedisServer::available()) {
    std::puts("skipped: no redis-server or valkey-server is installed");
    std::exit(77);
  }
  redis_ = std::make_unique<RedisServer>(redis_conf);
  configure(redis_->url_unix());
}

Admin Admin::at(const std::string& redis_url, const std::string& more) {
  Admin admin{WithoutRedis()};
  admin.configure(redis_url, more);
  return admin;
}

void Admin::configure(const std::string& redis_url, const std::string& more) {
  std::ofstream(file("optout-milter.yaml")) << "redis:\n  url: " << redis_url << "\n" << more;
}

Finished Admin::operator()(const Words& words, std::string_view input,
                           const Words& environment) const {
  Words all{"-c", file("optout-milter.yaml")};
  all.insert(all.end(), words.begin(), words.end());
  return optoutctl(all, input, environment);
}

nlohmann::json Admin::json(Words words, std::string_view input) const {
  words.insert(words.begin(), {"-o", "json"});
  const Finished done = (*this)(words, input);
  nlohmann::json rows = nlohmann::json::parse(done.out, nullptr, false);
  BOOST_REQUIRE_MESSAGE(rows.is_array(), "no JSON array: " + done.out + done.err);
  for (const auto& row : rows)
    BOOST_REQUIRE(row.is_object());
  return rows;
}

ReadyAdmin::ReadyAdmin() {
  BOOST_REQUIRE_EQUAL((*this)({"init"}).exit_status, 0);
}

}  // namespace optout::test
