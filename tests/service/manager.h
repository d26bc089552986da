// Plays the service manager: gives a daemon its environment, and hears what it says of itself.
//
// Threads: one at a time.

#pragma once

#include "support/stream_socket.h"
#include "support/temp_dir.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class Manager {
public:
  enum class Name { path, abstract };
  explicit Manager(Name name = Name::path);
  ~Manager();  // takes back what it has set
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // For whoever is started from now on, in our own environment.
  void set(const std::string& name, const std::string& value);

  // Waits for a message that holds `words`, after those already taken, and takes all up to it.
  // Empty if none comes.
  std::string hears(std::string_view words);
  // How many messages that hold `words` are among all that were taken or have come by now.
  std::size_t count(std::string_view words);

private:
  void take_all();

  TempDir directory_;
  Descriptor fd_;
  std::vector<std::string> set_;
  std::vector<std::string> messages_;
  std::size_t taken_ = 0;
};

}  // namespace optout::test
