#include "support/master_cf.h"

#include "support/process.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace optout::test {
namespace {

// {0}: chrooted or not.
constexpr std::string_view kServices = R"(
pickup    unix n - {0} 60 1 pickup
cleanup   unix n - {0} - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - {0} 1000? 1 tlsmgr
rewrite   unix - - {0} - - trivial-rewrite
bounce    unix - - {0} - 0 bounce
defer     unix - - {0} - 0 bounce
trace     unix - - {0} - 0 bounce
verify    unix - - {0} - 1 verify
flush     unix n - {0} 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - {0} - - smtp
relay     unix - - {0} - - smtp
showq     unix n - {0} - - showq
error     unix - - {0} - - error
retry     unix - - {0} - - error
discard   unix - - {0} - - discard
anvil     unix - - {0} - 1 anvil
scache    unix - - {0} - 1 scache
postlog   unix-dgram n - n - 1 postlogd
)";

constexpr std::string_view kLoopback = "127.0.0.1:";

bool is_on_loopback(std::string_view name) {
  return name.starts_with(kLoopback) &&
         name.find_first_not_of("0123456789", kLoopback.size()) == std::string_view::npos;
}

}  // namespace

MasterCf::MasterCf(bool chroot) {
  add(fmt::format(fmt::runtime(kServices), chroot ? 'y' : 'n'));
}

void MasterCf::add(std::string_view entries) {
  std::istringstream lines{std::string(entries)};
  Entry entry;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with(' ') || line.starts_with('\t')) {
      entry.rest += '\n' + line;
      continue;
    }
    put(std::move(entry));
    std::istringstream words(line);
    entry = {};
    words >> entry.name >> entry.type;
    std::getline(words, entry.rest);
  }
  put(std::move(entry));
}

void MasterCf::put(Entry entry) {
  if (entry.name.empty()) return;
  if (entry.type == "inet") {
    const std::string name = entry.name;
    if (!is_on_loopback(name)) {
      const auto earlier = ports_.find(name);
      entry.name =
          fmt::format("{}{}", kLoopback, earlier != ports_.end() ? earlier->second : free_port());
    }
    ports_[name] =
        static_cast<std::uint16_t>(std::atoi(entry.name.c_str() + entry.name.find(':') + 1));
  }
  const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& other) {
    return other.name == entry.name && other.type == entry.type;
  });
  if (same == entries_.end()) {
    entries_.push_back(std::move(entry));
  } else {
    *same = std::move(entry);
  }
}

std::string MasterCf::text() const {
  std::string text;
  for (const Entry& entry : entries_)
    text += fmt::format("{} {} {}\n", entry.name, entry.type, entry.rest);
  return text;
}

}  // namespace optout::test
