#include "doctor/link_check.h"

#include "util/shell_word.h"

#include <fmt/format.h>

#include <chrono>

namespace optout::doctor {
namespace {

constexpr std::string_view kWhy =
    "People who click on the link, and the one-click requests of Gmail and Yahoo, get nowhere: "
    "they "
    "go on getting mail, and report it as spam.";

constexpr int kNoAuthorities = 77;  // of curl(1)

// Exit codes of curl(1) that name a cause.
std::string meaning(int exit_status) {
  switch (exit_status) {
    case 6:
      return "its name does not resolve";
    case 7:
      return "nobody listens there";
    case 28:
      return "no answer within 10 s";
    case 35:
      return "no TLS can be agreed on";
    case 60:
      return "its certificate is not valid";
    default:
      return fmt::format("curl fails with {}", exit_status);
  }
}

}  // namespace

std::variant<ProgramOutput, std::string> ask_for_link(const std::string& link) {
  // Neither ~/.curlrc nor a proxy: nobody else has those.
  return run_program(
      {"curl", "-q", "--silent", "--show-error", "--noproxy", "*", "--proto", "=https",
       "--max-time", "10", "--output", "/dev/null", "--write-out", "%{http_code}", "--", link},
      std::chrono::seconds(12));
}

Finding check_link(const std::string& link, const std::variant<ProgramOutput, std::string>& asked) {
  const std::string check = "unsubscribe.link";
  if (const auto* why = std::get_if<std::string>(&asked))
    return cannot_tell(check, *why, {"apt install curl"});
  const auto& said = std::get<ProgramOutput>(asked);
  const Fix look{fmt::format("curl -v {}", shell_word(link))};
  if (said.exit_status == kNoAuthorities) {
    return cannot_tell(check, "this host knows no certificate authorities",
                       {"apt install ca-certificates"});
  }
  if (said.exit_status != 0) {
    const std::string detail = said.first_line_of_err();
    return bad(check,
               fmt::format("{}: {}{}", link, meaning(said.exit_status),
                           detail.empty() ? "" : fmt::format(" ({})", detail)),
               std::string(kWhy), look);
  }
  if (said.out.starts_with('5'))
    return bad(check, fmt::format("{}: HTTP {}", link, said.out), std::string(kWhy), look);
  if (said.out == "401" || said.out == "403" || said.out == "407") {
    return bad(check, fmt::format("{}: HTTP {}, access is refused", link, said.out),
               std::string(kWhy), look);
  }
  if (said.out == "404" || said.out == "410") {
    return doubtful(check, fmt::format("{}: HTTP {}, there is no such page", link, said.out),
                    "If that is said of links with a token, too, people who click on them go on "
                    "getting mail.",
                    look);
  }
  if (said.out.starts_with('3')) {
    return doubtful(
        check, fmt::format("{}: HTTP {}, it leads elsewhere", link, said.out),
        "One-click requests must not be led elsewhere (RFC 8058): some of them get lost.", look);
  }
  return good(check, fmt::format("{} answers (HTTP {})", link, said.out));
}

}  // namespace optout::doctor
