#include "config/key_file.h"

#include "config/read_file.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace optout {
namespace {

constexpr std::size_t kMostOctets = std::size_t{256} << 10;
constexpr unsigned kOthers = 007;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::optional<unsigned> key_number(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number < 1 || number > kHighestDigestKey) return {};
  return number;
}

std::optional<std::string> octets_of_hex(std::string_view hex) {
  if (hex.size() != 2 * kDigestKeyOctets) return {};
  std::string octets;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned char octet = 0;
    const char* const end = hex.data() + i + 2;
    const auto [rest, error] = std::from_chars(hex.data() + i, end, octet, 16);
    if (error != std::errc{} || rest != end) return {};
    octets += static_cast<char>(octet);
  }
  return octets;
}

}  // namespace

std::map<unsigned, std::string> read_key_file(const std::string& path, Place named_at,
                                              std::string_view setting, Report& report) {
  auto read = read_file(path, kMostOctets);
  if (const auto* problem = std::get_if<std::string>(&read)) {
    report.error(named_at, setting, fmt::format("{} {}", in_quotes(path), *problem));
    return {};
  }
  const auto& file = std::get<FileText>(read);
  if ((file.mode & kOthers) != 0) {
    report.error(named_at, setting,
                 fmt::format("{} may be read or changed by everybody (chmod 640 {})",
                             in_quotes(path), path));
  }

  std::map<unsigned, std::string> keys;
  std::map<unsigned, int> lines;
  Place here{.file = report.add_file(path), .line = 0, .column = 1};
  bool has_lines = false;
  const auto complain = [&](std::string problem) {
    report.error(here, setting, std::move(problem));
  };
  for (std::string_view rest = file.text; !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = trimmed(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++here.line;
    if (line.empty() || line.front() == '#') continue;
    has_lines = true;

    const auto colon = line.find(':');
    const auto number = key_number(line.substr(0, colon));
    if (colon == std::string_view::npos) {
      complain("not a key (write number:64 hex digits)");
    } else if (!number) {
      complain(fmt::format("the number before the colon must be from 1 to {}", kHighestDigestKey));
    } else if (auto octets = octets_of_hex(line.substr(colon + 1)); !octets) {
      complain(fmt::format("key {} must be {} hex digits", *number, 2 * kDigestKeyOctets));
    } else if (const auto [earlier, is_new] = lines.emplace(*number, here.line); !is_new) {
      complain(fmt::format("key {} is already on line {}", *number, earlier->second));
    } else {
      keys.emplace(*number, *std::move(octets));
    }
  }
  if (!has_lines) {
    report.error(named_at, setting, fmt::format("{} holds no key", in_quotes(path)));
  }
  return keys;
}

}  // namespace optout
