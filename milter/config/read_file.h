// Reads a small file whole, and never waits: no FIFO, no directory, no endless device.

#pragma once

#include <cstddef>
#include <string>
#include <variant>

namespace optout {

struct FileText {
  std::string text;
  unsigned mode = 0;  // permission bits
};

// What the file holds, or a sentence that says why it cannot be read, without its name.
std::variant<FileText, std::string> read_file(const std::string& path, std::size_t most_octets);

}  // namespace optout
