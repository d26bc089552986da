// The page of numbers, over HTTP: GET /metrics, for Prometheus and for curl.
//
// One thread, started by libmicrohttpd, serves all callers, who can neither reach mail nor hold it
// up. They are bounded in number, memory and idleness; and where too many hang on, whoever has
// hung on longest makes room, so that the next scrape is answered whatever the others do.
//
// Used by the main thread only. The page is written on the server's thread.

#pragma once

#include "util/socket_address.h"

#include <functional>
#include <memory>
#include <string>

namespace optout {

class MetricsServer {
public:
  using Page = std::function<std::string()>;

  // Opens the port, on which callers wait until they are served; port 0 is any that is free. Throws
  // std::runtime_error with a sentence for the administrator.
  MetricsServer(const SocketAddress& address, Page page);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // "127.0.0.1:9894", with the port that was got.
  std::string address() const;

  // Starts the thread, which has the signal mask of the caller. Throws std::runtime_error.
  void serve();

  // Gives the port back, to the next instance; who is being served is served on.
  void stop_accepting() noexcept;

private:
  class Http;  // libmicrohttpd's

  const Page page_;
  int fd_ = -1;
  std::unique_ptr<Http> http_;  // while serving
};

}  // namespace optout
