#include "config/reader.h"

namespace optout {

std::vector<std::string> needs_restart(const Config& running, const Config& next) {
  std::vector<std::string> settings;
  const auto note = [&](bool differs, std::string setting) {
    if (differs) settings.push_back(std::move(setting));
  };
  note(running.listen.address != next.listen.address, "listen");
  note(running.listen.mode != next.listen.mode, "socket.mode");
  note(running.listen.group != next.listen.group, "socket.group");
  note(running.metrics.listen != next.metrics.listen, "metrics.listen");
  note(running.log.destination != next.log.destination, "log.destination");
  return settings;
}

}  // namespace optout
