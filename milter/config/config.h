// The whole configuration as plain data, every default visible; what config/reader.h fills.

#pragma once

#include "guard/options.h"
#include "log/log.h"
#include "policy/stream.h"
#include "redis/options.h"
#include "suppression/member_options.h"
#include "unsubscribe/options.h"
#include "util/socket_address.h"

#include <optional>
#include <string>
#include <vector>

namespace optout {

struct ListenOptions {
  SocketAddress address{.path = "/run/optout-milter/milter.sock", .host = {}, .port = 0};
  unsigned mode = 0660;  // of a unix socket
  std::string group;     // of a unix socket; empty: the group we run as

  friend bool operator==(const ListenOptions&, const ListenOptions&) = default;
};

struct MetricsOptions {
  std::optional<SocketAddress> listen;  // TCP; port 0 is any that is free

  friend bool operator==(const MetricsOptions&, const MetricsOptions&) = default;
};

struct Config {
  ListenOptions listen;
  Mode mode = Mode::enforce;
  RedisOptions redis;
  std::string prefix = "optout:";
  MemberOptions addresses;
  std::vector<std::string>
      our_domains;  // domain keys; postmaster@ and abuse@ here are always accepted
  UnsubscribeOptions unsubscribe;
  GuardOptions guard;
  std::vector<Stream> streams = {Stream{}};
  MetricsOptions metrics;
  LogOptions log;

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace optout
