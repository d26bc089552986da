// A SuppressionStore kept in Redis. Key names are in redis_schema.h, and nowhere else.
//
// Lookups that arrive while another is under way wait for it and then go to Redis together
// (redis/combiner.h, lookup_batch.h): under load the cost of a lookup falls.

#pragma once

#include "redis/client.h"
#include "suppression/member_options.h"
#include "suppression/store.h"

#include <memory>
#include <string>

namespace optout {

// Borrows `executor`, which must outlive the store.
std::unique_ptr<SuppressionStore> make_redis_store(redis::Executor& executor,
                                                   const std::string& prefix,
                                                   const MemberOptions& members);

}  // namespace optout
