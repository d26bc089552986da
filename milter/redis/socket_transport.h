// Plain sockets: unix and TCP.
//
// The sockets never block; every wait is a poll(2) that ends at the deadline. What is spoken over
// them is none of their business: confirm/ speaks SMTP.

#pragma once

#include "redis/transport.h"
#include "util/socket_address.h"

#include <memory>
#include <string_view>

namespace optout::redis {

// `what` is there: the first word of describe().
std::unique_ptr<Transport> make_socket_transport(const SocketAddress& address,
                                                 std::string_view what = "redis");

}  // namespace optout::redis
