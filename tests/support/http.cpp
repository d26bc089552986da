#include "support/http.h"

#include "support/stream_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace optout::test {

HttpAnswer http(const SocketAddress& address, std::string_view method, std::string_view path) {
  StreamSocket socket = StreamSocket::connect(address);
  socket.send(
      fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", method, path));
  std::string received;
  while (socket.receive(received)) {
  }
  const std::size_t end = received.find("\r\n\r\n");
  if (!received.starts_with("HTTP/1.1 ") || end == std::string::npos)
    throw std::runtime_error(fmt::format("no answer over HTTP: \"{}\"", received));
  HttpAnswer answer{std::stoi(received.substr(sizeof("HTTP/1.1"))), received.substr(0, end),
                    received.substr(end + 4)};
  return answer;
}

std::optional<double> metric_on(std::string_view page, std::string_view metric) {
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    if (!line.starts_with(metric) || line.substr(metric.size(), 1) != " ") continue;
    return std::stod(std::string(line.substr(metric.size() + 1)));
  }
  return std::nullopt;
}

}  // namespace optout::test
