// A Registry kept in Redis. Key names are in redis_schema.h, records in registry_record.h.
//
// Records that cannot be read, as others may have written them, are passed over, and replaced when
// what they should say is noted again.

#pragma once

#include "redis/client.h"
#include "suppression/member_options.h"
#include "suppression/registry.h"

#include <memory>
#include <string>

namespace optout {

// Borrows `executor`, which must outlive the registry. `most_lists` is for tests.
std::unique_ptr<Registry> make_redis_registry(redis::Executor& executor, const std::string& prefix,
                                              const MemberOptions& members,
                                              std::size_t most_lists = Registry::kMostLists);

}  // namespace optout
