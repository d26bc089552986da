// metrics: where Prometheus reads what is counted.

#include "config/settings.h"

namespace optout {
namespace {

using Where = std::optional<SocketAddress>;

// "127.0.0.1:9894", as Prometheus writes its targets. Unlike the milter's, the port may be 0, which
// is any that is free.
Parsed<Where> parse(std::string_view text) {
  if (text.empty()) return Where();
  if (text.starts_with("inet:")) text.remove_prefix(sizeof("inet:") - 1);
  const auto colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon == std::string_view::npos ? 0 : colon);
  if (host.empty() || host.starts_with('/') || host.starts_with("unix"))
    return Problem{in_quotes(text) + " is no address and port (write 127.0.0.1:9894)"};
  if (host.find(':') != std::string_view::npos && !host.starts_with('['))
    return Problem{in_quotes(text) + ": an IPv6 address is written in brackets: [::1]:9894"};
  const bool any_port = text.substr(colon + 1) == "0";
  const std::string host_and_port = any_port ? std::string(host) + ":1" : std::string(text);
  auto parsed = parse_socket_address("inet:" + host_and_port);
  if (auto* problem = std::get_if<std::string>(&parsed))
    return Problem{in_quotes(text) + ": " + *problem};
  SocketAddress address = std::get<SocketAddress>(std::move(parsed));
  if (any_port) address.port = 0;
  return Where(std::move(address));
}

std::string print(const Where& where) {
  return yaml_scalar(where ? where->to_string().substr(sizeof("inet:") - 1) : "");
}

}  // namespace

void read_metrics(Section& root, MetricsOptions& options) {
  Section metrics = root.section("metrics");
  const auto listen = metrics.read("listen", options.listen, Type<Where>{parse, print});
  if (listen && options.listen && !options.listen->is_loopback()) {
    metrics.warning(*listen, "listen",
                    "anybody who can reach this address can read how much mail of which stream "
                    "goes out (listen on 127.0.0.1)");
  }
}

}  // namespace optout
