#include "config/key_lines.h"

#include "config/read_file.h"
#include "util/utf8.h"
#include "util/whole_number.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kMostOctets = std::size_t{256} << 10;
constexpr unsigned kOthers = 007;
constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Files are put together, too, so a byte order mark may stand before any line.
std::string_view line_of(std::string_view text) {
  return trimmed(without_byte_order_mark(text));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (text = trimmed(text); !text.empty();) {
    const auto end = std::min(text.find_first_of(kBlanks), text.size());
    words.emplace_back(text.substr(0, end));
    text = trimmed(text.substr(end));
  }
  return words;
}

std::optional<std::string> octets_of_hex(std::string_view hex) {
  if (hex.size() != 2 * kKeyOctets) return {};
  std::string octets;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const auto octet = whole_number<unsigned char>(hex.substr(i, 2), 16);
    if (!octet) return {};
    octets += static_cast<char>(*octet);
  }
  return octets;
}

}  // namespace

std::optional<unsigned> number_of_key_line(std::string_view line) {
  line = line_of(line);
  const auto colon = line.find(':');
  if (line.starts_with('#') || colon == std::string_view::npos) return {};
  return whole_number<unsigned>(line.substr(0, colon));
}

std::vector<KeyLine> read_key_lines(const std::string& path, Place named_at,
                                    std::string_view setting, unsigned highest, bool takes_words,
                                    Report& report) {
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

  std::vector<KeyLine> keys;
  Place here{.file = report.add_file(path), .line = 0, .column = 1};
  bool has_lines = false;
  const auto complain = [&](std::string problem) {
    report.error(here, setting, std::move(problem));
  };
  for (std::string_view rest = file.text; !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = line_of(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++here.line;
    if (line.empty() || line.front() == '#') continue;
    has_lines = true;

    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      complain("not a key (write number:64 hex digits)");
      continue;
    }
    const auto number = whole_number<unsigned>(line.substr(0, colon));
    if (!number || *number < 1 || *number > highest) {
      complain(fmt::format("the number before the colon must be from 1 to {}", highest));
      continue;
    }
    const std::string_view behind = line.substr(colon + 1);
    const auto blank = takes_words ? behind.find_first_of(kBlanks) : std::string_view::npos;
    auto octets = octets_of_hex(behind.substr(0, blank));
    const auto earlier = std::find_if(keys.begin(), keys.end(),
                                      [&](const KeyLine& key) { return key.number == *number; });
    if (!octets) {
      complain(fmt::format("key {} must be {} hex digits", *number, 2 * kKeyOctets));
    } else if (earlier != keys.end()) {
      complain(fmt::format("key {} is already on line {}", *number, earlier->place.line));
    } else {
      keys.push_back({.number = *number,
                      .secret = *std::move(octets),
                      .words = blank == std::string_view::npos ? std::vector<std::string>()
                                                               : words_of(behind.substr(blank)),
                      .place = here});
    }
  }
  if (!has_lines) report.error(named_at, setting, fmt::format("{} holds no key", in_quotes(path)));
  return keys;
}

}  // namespace optout
