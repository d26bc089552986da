// Addresses as the administrator lets them be shown in the log.

#include "log/escape.h"
#include "log/log.h"
#include "log/state.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace optout::log {
namespace {

constexpr std::size_t kLongestAddress = 320;  // RFC 5321 4.5.3.1: 64 + 1 + 255 octets
constexpr std::size_t kFingerprintOctets = 6;

std::string fingerprint(std::string_view address) {
  static const auto key = [] {
    std::array<unsigned char, 32> drawn{};
    RAND_bytes(drawn.data(), static_cast<int>(drawn.size()));
    return drawn;
  }();
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(address.data()), address.size(), mac.data(), &size);
  std::string out = "#";
  for (std::size_t i = 0; i < kFingerprintOctets; ++i)
    out += fmt::format("{:02x}", mac.at(i));
  return out;
}

}  // namespace

std::string address(std::string_view address) {
  if (address.size() >= 2 && address.front() == '<' && address.back() == '>') {
    address = address.substr(1, address.size() - 2);
  }
  if (address.empty()) return "<>";
  switch (state().addresses.load()) {
    case LogAddresses::full:
      return fmt::format("<{}>", escaped_for(Place::word, address, kLongestAddress));
    case LogAddresses::digest:
      return fmt::format("<{}>", fingerprint(address));
    case LogAddresses::none:
      break;
  }
  return "<->";
}

}  // namespace optout::log
