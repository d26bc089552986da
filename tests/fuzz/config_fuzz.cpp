// Any file whatsoever: it is read or complained of, and what -T prints of it reads back to the
// same. Seeds: the files in tests/config.

#include "config/reader.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find("digest_keys") != std::string_view::npos) return 0;  // names files of this host
  const optout::Loaded loaded = optout::parse_config(text, "fuzz.yaml");
  for (const optout::Complaint& complaint : loaded.complaints) {
    if (complaint.to_string().find('\n') != std::string::npos) std::abort();
  }
  if (!loaded.usable() || !loaded.config.redis.password.empty()) return 0;
  const optout::Loaded again = optout::parse_config(optout::describe_effective(loaded), "-T");
  if (!again.usable() || again.config != loaded.config) std::abort();
  return 0;
}
