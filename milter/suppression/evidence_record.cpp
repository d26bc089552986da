#include "suppression/evidence_record.h"

#include <fmt/format.h>

#include <cstdint>

namespace optout {
namespace {

std::string percent_encoded(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c > 0x20 && c < 0x7F && c != '%') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<std::uint8_t>(c));
    }
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string percent_decoded(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '%' && i + 2 < value.size()) {
      const int high = hex_digit(value[i + 1]);
      const int low = hex_digit(value[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += value[i];
  }
  return out;
}

}  // namespace

std::string encode_evidence(const Evidence& evidence) {
  std::string out =
      fmt::format("since={} source={}", to_string(evidence.since), to_string(evidence.source));
  const auto word = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) out += fmt::format(" {}={}", name, percent_encoded(value));
  };
  word("by", evidence.by);
  word("reason", evidence.reason);
  word("message_id", evidence.message_id);
  word("list", evidence.list);
  if (evidence.expires) word("expires", to_string(*evidence.expires));
  return out;
}

std::optional<Evidence> decode_evidence(std::string_view record) {
  Evidence evidence;
  bool dated = false;
  while (!record.empty()) {
    const std::string_view word = record.substr(0, record.find(' '));
    record.remove_prefix(std::min(record.size(), word.size() + 1));
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view name = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    if (name == "since") {
      const auto since = parse_instant(value);
      if (!since) return std::nullopt;
      evidence.since = *since;
      dated = true;
    } else if (name == "expires") {
      evidence.expires = parse_instant(value);
      if (!evidence.expires) return std::nullopt;  // not "never expires": we cannot tell
    } else if (name == "source") {
      evidence.source = parse_source(value).value_or(Source::external);
    } else if (name == "by") {
      evidence.by = percent_decoded(value);
    } else if (name == "reason") {
      evidence.reason = percent_decoded(value);
    } else if (name == "message_id") {
      evidence.message_id = percent_decoded(value);
    } else if (name == "list") {
      evidence.list = percent_decoded(value);
    }
  }
  if (!dated) return std::nullopt;
  return evidence;
}

}  // namespace optout
