#include "metrics/prometheus.h"

#include "metrics/shipped.h"
#include "support/http.h"
#include "support/log_file.h"
#include "support/stream_socket.h"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace optout::test {
namespace {

std::string with(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos)
    throw std::runtime_error(fmt::format("scrape.yml does not say {}", what));
  return text.replace(at, what.size(), by);
}

std::string as_parameter(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// Long answers come in chunks (RFC 9112 7.1), each behind its length in hex.
std::string without_chunks(const std::string& body) {
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t length = std::stoul(body.substr(at), nullptr, 16);
    if (length == 0) break;
    const std::size_t begin = body.find("\r\n", at) + 2;
    out += body.substr(begin, length);
    at = begin + length + 2;
  }
  return out;
}

}  // namespace

std::optional<std::string> Prometheus::unavailable() {
  if (!find_program("prometheus")) return "prometheus is not installed";
  return std::nullopt;
}

Prometheus::Prometheus(const SocketAddress& target) {
  const std::string rules = directory_ / "optout-milter.rules.yml";
  std::ofstream(rules) << shipped_file("prometheus/optout-milter.rules.yml");
  std::string config = shipped_file("prometheus/scrape.yml");
  config = with(config, "/usr/share/doc/optout-milter/examples/prometheus/optout-milter.rules.yml",
                rules);
  config = with(config, "127.0.0.1:9894", fmt::format("127.0.0.1:{}", target.port));
  config = with(config, "scrape_interval: 15s", "scrape_interval: 1s");
  std::ofstream(directory_ / "prometheus.yml") << "global: { evaluation_interval: 1s }\n" << config;
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (try_start()) return;
  }
  throw std::runtime_error("prometheus does not start:\n" + LogFile(directory_ / "log").text());
}

// The port may have been taken by somebody else meanwhile.
bool Prometheus::try_start() {
  address_ = loopback_port(free_port());
  ProcessOptions options;
  options.stdout_file = options.stderr_file = directory_ / "log";
  process_ = Process::start(
      {"prometheus", "--config.file=" + directory_ / "prometheus.yml",
       "--storage.tsdb.path=" + directory_ / "data",
       fmt::format("--web.listen-address=127.0.0.1:{}", address_.port), "--log.level=warn"},
      options);
  const bool settled = wait_until([&] {
    if (!process_.running()) return true;
    try {
      return http(address_, "GET", "/-/ready").status == 200;
    } catch (const std::exception&) {
      return false;
    }
  });
  return settled && process_.running();
}

nlohmann::json Prometheus::ask(const std::string& path) const {
  const HttpAnswer answer = http(address_, "GET", path);
  if (answer.status != 200) throw std::runtime_error(path + ": " + answer.body);
  const bool is_chunked = answer.head.find("\r\nTransfer-Encoding: chunked") != std::string::npos;
  return nlohmann::json::parse(is_chunked ? without_chunks(answer.body) : answer.body).at("data");
}

nlohmann::json Prometheus::query(std::string_view expression) const {
  return ask("/api/v1/query?query=" + as_parameter(expression)).at("result");
}

nlohmann::json Prometheus::rules() const {
  auto all = nlohmann::json::array();
  const nlohmann::json answer = ask("/api/v1/rules");
  for (const auto& group : answer.at("groups")) {
    for (const auto& rule : group.at("rules"))
      all.push_back(rule);
  }
  return all;
}

}  // namespace optout::test
