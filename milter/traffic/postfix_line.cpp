#include "traffic/postfix_line.h"

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kSyslogTime = sizeof("Nov 22 09:50:00") - 1;
constexpr std::size_t kShortestQueueId = 5;  // octets; the long ones are of about a dozen

std::string_view take_word(std::string_view& text) noexcept {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

bool is_queue_id(std::string_view word) noexcept {
  const auto is_of_one = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return word.size() >= kShortestQueueId && word != "NOQUEUE" &&
         std::all_of(word.begin(), word.end(), is_of_one);
}

// "postfix/smtpd[1234]:" and "postfix-out/submission/smtpd[1234]:" are smtpd; other programs are
// nothing.
std::string_view service_of(std::string_view tag) noexcept {
  if (!tag.starts_with("postfix")) return {};
  tag = tag.substr(0, std::min(tag.find('['), tag.find(':')));
  const std::size_t slash = tag.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : tag.substr(slash + 1);
}

// A value may hold anything within its angle brackets.
std::string_view value_at(std::string_view text) noexcept {
  if (!text.starts_with('<')) return text.substr(0, text.find(", "));
  const std::size_t end = std::min(text.find(">,"), text.rfind('>'));
  return text.substr(1, end == std::string_view::npos ? end : end - 1);
}

}  // namespace

std::optional<PostfixLine> parse_postfix_line(std::string_view line, SyslogTime& syslog_time) {
  PostfixLine parsed;
  std::string_view rest = line;
  if (const auto at = syslog_time.parse(line.substr(0, kSyslogTime))) {
    parsed.at = *at;
    rest.remove_prefix(kSyslogTime);
  } else {
    // Epoch seconds begin no line of a log.
    const std::string_view word = line.substr(0, line.find(' '));
    const auto rfc3339 =
        word.find('T') == std::string_view::npos ? std::nullopt : parse_mail_time(word);
    if (!rfc3339) return std::nullopt;
    parsed.at = *rfc3339;
    rest.remove_prefix(word.size());
  }
  if (!rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(1);
  parsed.host = take_word(rest);
  const std::string_view tag = take_word(rest);
  if (parsed.host.empty() || tag.empty()) return std::nullopt;
  parsed.service = service_of(tag);
  const std::string_view id = rest.substr(0, rest.find(": "));
  if (!parsed.service.empty() && id.size() < rest.size() && is_queue_id(id)) {
    parsed.queue_id = id;
    rest.remove_prefix(id.size() + 2);
  }
  parsed.text = rest;
  return parsed;
}

std::optional<std::string_view> attribute(std::string_view text, std::string_view name) noexcept {
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view value = value_at(text.substr(equals + 1));
    // What another server said stands in parentheses behind the last attribute of ours.
    const std::size_t said =
        text.substr(equals + 1).starts_with('<') ? std::string_view::npos : value.find(" (");
    const bool is_last = said != std::string_view::npos;
    if (is_last) value = value.substr(0, said);
    if (text.substr(0, equals) == name) return value;
    if (is_last) return std::nullopt;
    const auto behind = static_cast<std::size_t>(value.data() + value.size() - text.data());
    const std::size_t comma = text.find(", ", behind);
    if (comma == std::string_view::npos) return std::nullopt;
    text.remove_prefix(comma + 2);
  }
  return std::nullopt;
}

}  // namespace optout
