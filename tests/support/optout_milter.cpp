#include "support/optout_milter.h"

#include "support/http.h"
#include "support/yaml_merge.h"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace optout::test {
namespace {

std::string program(const char* name) {
  const char* directory = std::getenv("OPTOUT_BIN");
  return fmt::format("{}/{}", directory != nullptr ? directory : "", name);
}

}  // namespace

std::optional<std::string> OptoutMilter::unavailable() {
  if (std::getenv("OPTOUT_BIN") == nullptr) return "OPTOUT_BIN is not set";
  for (const char* name : {"optout-milter", "optoutctl"}) {
    if (::access(program(name).c_str(), X_OK) != 0) return program(name) + " is not there";
  }
  if (!RedisServer::available()) return "no Redis server is installed";
  return std::nullopt;
}

OptoutMilter::OptoutMilter(const RedisServer& redis, SocketAddress address, std::string_view config)
    : address_(std::move(address)),
      redis_url_(redis.url_unix()),
      config_file_(directory_ / "optout-milter.yaml"),
      log_(directory_ / "log") {
  configure(config);
  if (const Finished init = ctl({"init"}); init.exit_status != 0) {
    throw std::runtime_error("optoutctl init: " + init.err);
  }
  start();
}

void OptoutMilter::configure(std::string_view config) {
  // The deadline is generous: tests run beside each other on small machines.
  const std::string plain = fmt::format(
      "listen: {}\n"
      "redis: {{ url: \"{}\", timeout: 5s }}\n"
      "our_domains: [our.example]\n"
      "metrics: {{ listen: \"127.0.0.1:0\" }}\n"
      "log: {{ destination: stderr }}\n",
      address_.to_string(), redis_url_);
  std::ofstream(config_file_, std::ios::trunc) << merged_yaml(plain, config);
}

void OptoutMilter::start() {
  ProcessOptions options;
  started_at_ = log_.size();
  options.stdout_file = options.stderr_file = log_.path();
  process_ = Process::start({program("optout-milter"), "-f", "-c", config_file_}, options);
  const bool settled = wait_until([this] {
    if (!process_.running()) return true;
    try {
      StreamSocket::connect(address_);
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  });
  if (!settled || !process_.running()) {
    throw std::runtime_error("optout-milter does not start:\n" + log_.text());
  }
}

int OptoutMilter::stop() {
  process_.signal(SIGTERM);
  const auto status = process_.wait();
  if (!status) throw std::runtime_error("optout-milter does not stop:\n" + log_.text());
  return *status;
}

void OptoutMilter::kill() {
  process_.signal(SIGKILL);
  process_.wait();
}

void OptoutMilter::reload() {
  const std::size_t before = log_.size();
  process_.signal(SIGHUP);
  const auto told = [&] {
    return log_.has("configuration reloaded", before) || log_.has("reload refused", before);
  };
  if (!wait_until(told)) {
    throw std::runtime_error("optout-milter says nothing about a reload:\n" + log_.text());
  }
}

SocketAddress OptoutMilter::metrics_address() const {
  constexpr std::string_view kSaid = "metrics on 127.0.0.1:";
  std::size_t at = std::string::npos;
  std::string text;
  const auto said = [&] {
    text = log_.text(started_at_);
    at = text.find(kSaid);
    return at != std::string::npos && text.find('\n', at) != std::string::npos;
  };
  if (!wait_until(said)) throw std::runtime_error("optout-milter shows no metrics:\n" + text);
  return loopback_port(static_cast<std::uint16_t>(std::stoi(text.substr(at + kSaid.size()))));
}

std::string OptoutMilter::metrics() const {
  const HttpAnswer answer = http(metrics_address(), "GET", "/metrics");
  if (answer.status != 200) throw std::runtime_error("metrics: " + answer.head);
  return answer.body;
}

Finished OptoutMilter::ctl(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{program("optoutctl"), "-c", config_file_};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run(argv);
}

}  // namespace optout::test
