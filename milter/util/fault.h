// The ways in which asking the outside world fails: the third answer, "cannot tell", by name.
//
// A fault never says what happens to the mail; that is the administrator's choice (on_outage) and
// is made in policy/. Its name is printed in logs as `fault=…` and counted under the same word.

#pragma once

#include <string_view>

namespace optout {

enum class Fault {
  // The way to Redis.
  unreachable,  // no connection: refused, no such socket, no permission, name unknown
  timeout,      // no answer within the deadline
  closed,       // the connection ended before the answer was whole
  garbled,      // bytes that are no RESP2, or a reply of the wrong shape
  backing_off,  // not asked: the last attempt failed a moment ago (circuit breaker)
  // What Redis answered instead of an answer; the word in capitals is the error code on the wire.
  loading,         // LOADING: still reading its data from disk
  busy,            // BUSY: a script is running
  read_only,       // READONLY: a write reached a replica
  out_of_memory,   // OOM: maxmemory reached
  not_persisting,  // MISCONF: writes refused as snapshots fail
  auth_required,   // NOAUTH: a password is needed and none was configured
  auth_failed,     // WRONGPASS: user or password refused
  no_permission,   // NOPERM: the ACL does not let this user do that
  wrong_type,      // WRONGTYPE: the key exists but holds another type
  redirected,      // MOVED, ASK, CLUSTERDOWN, CROSSSLOT: a Redis Cluster, spoken to as if single
  master_down,     // MASTERDOWN: a replica that lost its master and serves no stale data
  refused,         // any other error reply
  // What Redis holds.
  schema_missing,  // reachable, but without our schema marker: flushed, evicted, or the wrong
                   // database
  schema_foreign,  // a marker that this program, or this configuration, must not use
  // Ourselves.
  internal,  // a bug or a resource of this host: never the outside world
};

// The fault's name as it stands in logs and metrics, such as "schema_missing".
std::string_view to_string(Fault fault) noexcept;

}  // namespace optout
