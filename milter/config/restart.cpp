#include "config/reader.h"

#include <array>

namespace optout {
namespace {

struct Fixed {
  const char* setting;
  bool (*differs)(const Config& running, const Config& next);
};

constexpr std::array<Fixed, 5> kFixed{{
    {"listen",
     [](const Config& a, const Config& b) { return a.listen.address != b.listen.address; }},
    {"socket.mode",
     [](const Config& a, const Config& b) { return a.listen.mode != b.listen.mode; }},
    {"socket.group",
     [](const Config& a, const Config& b) { return a.listen.group != b.listen.group; }},
    {"metrics.listen",
     [](const Config& a, const Config& b) { return a.metrics.listen != b.metrics.listen; }},
    {"log.destination",
     [](const Config& a, const Config& b) { return a.log.destination != b.log.destination; }},
}};

}  // namespace

std::vector<std::string> needs_restart(const Config& running, const Config& next) {
  std::vector<std::string> settings;
  for (const Fixed& fixed : kFixed) {
    if (fixed.differs(running, next)) settings.emplace_back(fixed.setting);
  }
  return settings;
}

std::vector<std::string> all_that_need_restart() {
  std::vector<std::string> settings;
  settings.reserve(kFixed.size());
  for (const Fixed& fixed : kFixed)
    settings.emplace_back(fixed.setting);
  return settings;
}

}  // namespace optout
