#include "mta/newsletter.h"

#include "support/smtp_sink.h"

#include <fmt/format.h>

#include <stdexcept>

namespace optout::test {
namespace {

// What stands between `before` and the first of `ends` behind it.
std::string between(std::string_view text, std::string_view before, std::string_view ends) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) {
    throw std::runtime_error(fmt::format("there is no {} in: {}", before, text));
  }
  text.remove_prefix(at + before.size());
  return std::string(text.substr(0, text.find_first_of(ends)));
}

}  // namespace

std::string newsletter(std::string_view reader, std::string_view list) {
  return fmt::format(
      "From: Shop <news@shop.example>\r\n"
      "To: {}\r\n"
      "Subject: News\r\n"
      "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
      "Message-ID: <{}@shop.example>\r\n"
      "{}"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n"
      "\r\n"
      "Dear reader,\r\n\r\nto unsubscribe, write to us.\r\n",
      reader, reader.substr(0, reader.find('@')),
      list.empty() ? std::string() : fmt::format("List-Id: Our letters <{}>\r\n", list));
}

std::vector<std::string> field_values(std::string_view message, std::string_view name) {
  std::vector<std::string> values;
  message = message.substr(0, message.find("\r\n\r\n") + 2);
  for (;;) {
    const std::string_view found = from_field(message, name);
    if (found.size() <= name.size() || found[name.size()] != ':') return values;
    std::size_t end = found.find("\r\n");
    while (end + 2 < found.size() && (found[end + 2] == ' ' || found[end + 2] == '\t'))
      end = found.find("\r\n", end + 2);
    const std::string_view value = found.substr(name.size() + 1, end - name.size() - 1);
    values.emplace_back(value.substr(value.starts_with(' ') ? 1 : 0));
    message = found.substr(end + 2);
  }
}

WayOut way_out_of(std::string_view message) {
  const auto fields = field_values(message, "List-Unsubscribe");
  if (fields.empty()) throw std::runtime_error("no List-Unsubscribe in:\n" + std::string(message));
  WayOut way{.link = between(fields[0], "<https:", ">"),
             .address = between(fields[0], "<mailto:", "?>"),
             .subject = between(fields[0], "?subject=", ">")};
  way.link.insert(0, "https:");
  if (const std::size_t blank = way.subject.find("%20"); blank != std::string::npos)
    way.subject.replace(blank, 3, " ");
  return way;
}

}  // namespace optout::test
