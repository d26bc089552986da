#include "mta/opendkim.h"

#include "support/stream_socket.h"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace optout::test {
namespace {

constexpr std::string_view kDomain = "shop.example";
constexpr std::string_view kSelector = "test";

Finished must_succeed(const std::vector<std::string>& argv, std::string_view input = {}) {
  Finished done = run(argv, input);
  if (done.exit_status != 0) throw std::runtime_error(argv.front() + ": " + done.err);
  return done;
}

}  // namespace

std::optional<std::string> OpenDkim::unavailable() {
  for (const char* program : {"opendkim", "opendkim-testmsg", "openssl"}) {
    if (!find_program(program)) return fmt::format("{} is not installed", program);
  }
  return std::nullopt;
}

OpenDkim::OpenDkim() {
  const std::string key = directory_ / "key.pem";
  must_succeed({"openssl", "genrsa", "-traditional", "-out", key, "2048"});
  std::string public_key;
  std::ifstream pem;
  must_succeed({"openssl", "rsa", "-in", key, "-pubout", "-out", directory_ / "public.pem"});
  pem.open(directory_ / "public.pem");
  for (std::string line; std::getline(pem, line);) {
    if (!line.starts_with('-')) public_key += line;
  }
  write("keys",
        fmt::format("{}._domainkey.{} v=DKIM1; k=rsa; p={}\n", kSelector, kDomain, public_key));
}

std::string OpenDkim::write(const std::string& name, const std::string& text) const {
  const std::string path = directory_ / name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

void OpenDkim::serve(const std::string& lines, std::uint16_t port) {
  const std::string config = write(
      "opendkim.conf",
      lines + fmt::format("Domain {}\nSelector {}\nKeyFile {}\nRequireSafeKeys no\nSyslog no\n",
                          kDomain, kSelector, directory_ / "key.pem"));
  milter_ = Process::start({"opendkim", "-f", "-x", config});
  const bool up = wait_until([&] {
    try {
      StreamSocket::connect(loopback_port(port));
      return true;
    } catch (const std::system_error&) {
      return !milter_.running();
    }
  });
  if (!up || !milter_.running()) throw std::runtime_error("opendkim does not start");
}

std::string OpenDkim::sign(const std::string& message) const {
  return must_succeed({"opendkim-testmsg", "-C", "-d", std::string(kDomain), "-s",
                       std::string(kSelector), "-k", directory_ / "key.pem"},
                      message)
      .out;
}

bool OpenDkim::verifies(const std::string& message) const {
  const std::string config =
      write("verify.conf", fmt::format("Mode v\nTestPublicKeys {}\n", directory_ / "keys"));
  const Finished done =
      must_succeed({"opendkim", "-v", "-x", config, "-t", write("message", message)});
  return done.out.find(" succeeded\n") != std::string::npos;
}

std::string signed_fields(const std::string& message) {
  const std::size_t signature = message.find("DKIM-Signature:");
  if (signature == std::string::npos) return {};
  std::string fields = ":";
  for (std::size_t at = message.find("h=", message.find("bh=", signature) + 3) + 2;
       at < message.size() && message[at] != ';'; ++at) {
    const auto c = static_cast<unsigned char>(message[at]);
    if (std::isspace(c) == 0) fields += static_cast<char>(std::tolower(c));
  }
  return fields + ":";
}

}  // namespace optout::test
