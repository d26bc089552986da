// Plain sockets: unix and TCP.
//
// The sockets never block; every wait is a poll(2) that ends at the deadline.

#pragma once

#include "redis/transport.h"
#include "util/socket_address.h"

#include <memory>

namespace optout::redis {

std::unique_ptr<Transport> make_socket_transport(const SocketAddress& address);

}  // namespace optout::redis
