// Searches for a path, domain or key that breaks an invariant of lookup_key, or any rule of C++.

#include "../unit/address/invariants.h"
#include "address/lookup_key.h"

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const std::string broken = optout::broken_invariant(input); !broken.empty()) {
    std::cerr << broken << '\n';
    std::abort();
  }
  const std::string domain = optout::domain_key(input);
  if (!domain.empty() && optout::domain_key(domain) != domain) std::abort();
  optout::unfit_to_add(input);
  optout::without_plus_tag(input);
  return 0;
}
