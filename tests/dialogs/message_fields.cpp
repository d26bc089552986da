#include "dialogs/message_fields.h"

#include <algorithm>
#include <array>

namespace optout::test {
namespace {

constexpr std::array<std::string_view, 5> kOfMtas = {"Received", "Return-Path", "Date", "From",
                                                     "Message-Id"};

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename Fields>
bool has_name(const Fields& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view one) { return same_field_name(one, name); });
}

}  // namespace

std::vector<Field> fields_of(std::string_view message) {
  std::vector<Field> fields;
  while (!message.empty() && !message.starts_with("\r\n")) {
    std::size_t end = 0;
    do {
      const std::size_t line_end = message.find("\r\n", end);
      end = line_end == std::string_view::npos ? message.size() : line_end + 2;
    } while (end < message.size() && is_blank(message[end]));
    fields.push_back({message.substr(0, message.find(':')), message.substr(0, end)});
    message.remove_prefix(end);
  }
  return fields;
}

std::pair<std::string, std::string> split_field(std::string_view field) {
  const std::size_t colon = std::min(field.find(':'), field.size());
  std::string value;
  bool line_starts = true;
  for (const char c : field.substr(std::min(colon + 1, field.size()))) {
    if (c == '\r' || c == '\n') line_starts = true;
    if (c == '\r' || c == '\n' || (line_starts && is_blank(c))) continue;
    if (line_starts && !value.empty()) value += ' ';
    line_starts = false;
    value += c;
  }
  return {std::string(field.substr(0, colon)), value};
}

std::string with_crlf(std::string_view lines) {
  std::string text;
  for (const char c : lines) {
    if (c == '\n') text += '\r';
    text += c;
  }
  return text;
}

bool same_field_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string without_additions(std::string_view arrived, std::string_view sent) {
  std::vector<std::string_view> sent_names;
  const std::vector<Field> sent_fields = fields_of(sent);
  for (const Field& field : sent_fields)
    sent_names.push_back(field.name);

  std::string rest;
  bool above = true;  // the first field that was sent
  std::size_t header_size = 0;
  for (const Field& field : fields_of(arrived)) {
    header_size += field.bytes.size();
    if (!sent_fields.empty() && field.bytes == sent_fields.front().bytes) above = false;
    const bool added =
        has_name(kOfMtas, field.name) && (above || !has_name(sent_names, field.name));
    if (!added) rest += field.bytes;
  }
  return rest.append(arrived.substr(header_size));
}

}  // namespace optout::test
