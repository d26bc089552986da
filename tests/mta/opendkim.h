// A private OpenDKIM, which signs for shop.example, and tells good signatures from bad ones without
// the DNS.

#pragma once

#include "support/process.h"
#include "support/temp_dir.h"

#include <cstdint>
#include <optional>
#include <string>

namespace optout::test {

class OpenDkim {
public:
  // Why it cannot be run here, or nothing.
  static std::optional<std::string> unavailable();

  OpenDkim();  // makes a key

  // Starts the milter with these lines of opendkim.conf, which let it listen on `port` of
  // 127.0.0.1.
  void serve(const std::string& lines, std::uint16_t port);
  // `message` with a signature above it, as a sender has it before the message comes to us.
  std::string sign(const std::string& message) const;
  bool verifies(const std::string& message) const;

private:
  std::string write(const std::string& name, const std::string& text) const;

  TempDir directory_;
  Process milter_;
};

// The names in h= of the message's first signature, in lower case, between colons:
// ":from:to:subject:".
std::string signed_fields(const std::string& message);

}  // namespace optout::test
