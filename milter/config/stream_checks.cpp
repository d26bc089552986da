#include "config/stream_checks.h"

#include "config/stream_order.h"
#include "util/suggest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>

namespace optout {
namespace {

bool is_built_in(const WrittenStream& written) {
  return written.place == Place{};
}

// Somebody else may keep the set of a stream that is not of this configuration: no error.
void check_honoured_names(std::span<const WrittenStream> streams, Report& report) {
  constexpr std::string_view kStreamSet = "stream:";
  std::vector<std::string_view> names;
  std::map<std::string_view, std::string_view> tenants;
  for (const WrittenStream& written : streams) {
    names.push_back(written.stream.name);
    tenants.emplace(written.stream.name, written.stream.tenant);
  }
  for (const WrittenStream& written : streams) {
    for (std::size_t i = 0; i < written.honours.size(); ++i) {
      std::string_view name = written.stream.honours[i];
      if (!name.starts_with(kStreamSet)) continue;
      name.remove_prefix(kStreamSet.size());
      if (const auto known = tenants.find(name); known != tenants.end()) {
        if (known->second == written.stream.tenant) continue;
        report.warning(
            written.honours[i], "streams[].honours",
            fmt::format("stream {} has another tenant: its opt-outs are in a set of that "
                        "tenant, which is not looked up here",
                        in_quotes(name)));
        continue;
      }
      const std::string_view meant = nearest(name, names);
      report.warning(
          written.honours[i], "streams[].honours",
          fmt::format("there is no stream {}{}", in_quotes(name),
                      meant.empty() ? "" : fmt::format(" (did you mean stream:{}?)", meant)));
    }
  }
}

std::string named(const WrittenStream& written) {
  return fmt::format("stream {} (line {})", in_quotes(written.stream.name), written.place.line);
}

void warn_of(const OrderFinding& finding, std::span<const WrittenStream> streams, Report& report) {
  const WrittenStream& later = streams[finding.later];
  const std::string earlier = named(streams[finding.earlier]);
  const bool has_conditions = later.when != Place{};
  const Place place = has_conditions ? later.when : later.place;
  switch (finding.kind) {
    case OrderFinding::Kind::unreachable_stream:
      report.warning(place, has_conditions ? "streams[].when" : "streams[]",
                     fmt::format("stream {} is never reached: all its mail goes to {}",
                                 in_quotes(later.stream.name), earlier));
      return;
    case OrderFinding::Kind::unreachable_value: {
      const std::string_view condition = finding.condition;
      report.warning(later.conditions.at(finding.condition).at(finding.value),
                     fmt::format("streams[].when.{}", condition.substr(0, condition.find('.'))),
                     fmt::format("never decides: all mail that this matches goes to {}", earlier));
      return;
    }
    case OrderFinding::Kind::overlap:
      report.warning(place, "streams[].when",
                     fmt::format("mail that also matches {} goes there, not to stream {}", earlier,
                                 in_quotes(later.stream.name)));
      return;
  }
}

}  // namespace

void check_streams(std::span<const WrittenStream> streams, Report& report) {
  check_honoured_names(streams, report);
  std::vector<Stream> in_order;
  for (const WrittenStream& written : streams) {
    // If nothing is left for the one that is built in, that is as it should be.
    if (!is_built_in(written)) in_order.push_back(written.stream);
  }
  for (const OrderFinding& finding : order_findings(in_order))
    warn_of(finding, streams, report);
}

}  // namespace optout
