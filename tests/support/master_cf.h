// The services of a private Postfix: Debian's master.cf, without listeners, and what a test adds to
// it.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class MasterCf {
public:
  // Chrooted are the services that Debian has chrooted, or none.
  explicit MasterCf(bool chroot);

  // Entries as they stand in a master.cf; one takes the place of an earlier one with its name and
  // type. Listeners (type inet) get a free port of 127.0.0.1 whatever their name says, unless that
  // is a port of 127.0.0.1 already.
  void add(std::string_view entries);

  // Where the listener is that was added as "submission", or "10.0.0.1:smtp".
  std::uint16_t port(const std::string& listener) const { return ports_.at(listener); }
  std::string text() const;

private:
  struct Entry {
    std::string name;
    std::string type;
    std::string rest;  // all that follows, with the lines that continue it
  };
  void put(Entry entry);

  std::vector<Entry> entries_;
  std::map<std::string, std::uint16_t> ports_;
};

}  // namespace optout::test
