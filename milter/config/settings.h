// One function per part of the configuration: from a Section to the Options of the room it is for.
//
// Each starts from the defaults that are in its options already, and complains where something is
// wrong with one setting or between settings of its own part. Checks across parts are in
// reader.cpp.

#pragma once

#include "config/config.h"
#include "config/section.h"

#include <string>
#include <vector>

namespace optout {

// What streams inherit where they do not say, and where it comes from.
template <typename T>
struct Inherited {
  T value;
  std::string origin = "default";
};

struct StreamDefaults {
  Inherited<Mode> mode{Mode::enforce};
  Inherited<OnOutage> on_outage{OnOutage::defer};
};

Type<Mode> run_mode_type();
Type<OnOutage> outage_type();
// "example.com", kept as a domain key.
Type<std::string> domain_type();
// "inet:127.0.0.1:25", on this host.
Type<SocketAddress> smtp_server_type();
inline constexpr std::string_view kAcceptWarning =
    "while Redis cannot answer, mail goes out to people who have opted out";

void read_listen(Section& root, ListenOptions& options);
Inherited<OnOutage> read_redis(Section& root, RedisOptions& options, std::string& prefix);
void read_addresses(Section& root, MemberOptions& options, Findings& findings);
void read_metrics(Section& root, MetricsOptions& options);
void read_our_domains(Section& root, std::vector<std::string>& domains);
void read_unsubscribe(Section& root, UnsubscribeOptions& options, Findings& findings);
void read_guard(Section& root, GuardOptions& options, Findings& findings);

// `unsubscribe`: null where it could not be understood.
void read_streams(Section& root, const StreamDefaults& defaults,
                  const UnsubscribeOptions* unsubscribe, GuardMode guard,
                  std::vector<Stream>& streams, Findings& findings);

// redis.url as -T shows it: the password is ***.
std::string redis_url(const RedisOptions& options);

}  // namespace optout
