// The other end of HTTP: one request, one answer, and the connection ends.
//
// Threads: any.

#pragma once

#include "util/socket_address.h"

#include <optional>
#include <string>
#include <string_view>

namespace optout::test {

struct HttpAnswer {
  int status = 0;
  std::string head;  // status line and header fields
  std::string body;
};

// Throws std::runtime_error where the answer is none.
HttpAnswer http(const SocketAddress& address, std::string_view method, std::string_view path);

// The number that stands behind `metric`, such as "optout_sessions" or
// "optout_lookups_total{answer=\"listed\"}", on a page as Prometheus reads it; nothing where it is
// not there.
std::optional<double> metric_on(std::string_view page, std::string_view metric);

}  // namespace optout::test
