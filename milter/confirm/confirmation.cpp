#include "confirm/confirmation.h"

#include "address/ascii.h"
#include "address/lookup_key.h"
#include "confirm/mail_fields.h"
#include "util/structured_field.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

bool is_dot_atom(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return ascii::dot_atom(c) != 0; });
}

// Between brackets: RFC 5322 3.6.4, no-fold-literal.
bool is_literal(std::string_view text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  const auto inside = text.substr(1, text.size() - 2);
  return std::all_of(inside.begin(), inside.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '[' && c != ']' && c != '\\';
  });
}

// The one msg-id that a Message-ID consists of; empty where it is anything else, or too long to
// stand on a line (AT-10).
std::string_view one_message_id(std::string_view value) {
  const std::string_view text = without_space_around(value);
  if (text.size() < 2 || text.size() >= kLongestMailLine || text.front() != '<' ||
      text.back() != '>')
    return {};
  const auto inside = text.substr(1, text.size() - 2);
  const auto at = inside.find('@');
  if (at == std::string_view::npos || !is_dot_atom(inside.substr(0, at))) return {};
  const auto right = inside.substr(at + 1);
  return is_dot_atom(right) || is_literal(right) ? text : std::string_view();
}

// The id of a list or the name of a stream, whatever characters are in it.
std::string what(const SetName& set) {
  constexpr std::size_t kLongest = 70;
  if (set.text() == SetName::global().text()) return "all mail";
  std::string id(set.text().substr(set.text().find(':') + 1));
  std::replace_if(
      id.begin(), id.end(), [](char c) { return c < ' ' || c >= 0x7f; }, '?');
  if (id.size() > kLongest) id.replace(kLongest - 3, std::string::npos, "...");
  return id;
}

}  // namespace

bool can_be_written_to(std::string_view address) {
  const LookupKey key = lookup_key(address);
  return key.status == KeyStatus::ok && key.key == address && unfit_to_add(address).empty();
}

std::string to_message(const Confirmation& confirmation, std::string_view domain,
                       std::chrono::sys_seconds now, std::string_view unique) {
  const std::string from = what(confirmation.set);
  std::string subject = "You have unsubscribed from " + from;
  if (subject.size() + std::string_view("Subject: ").size() > kLongestMailLine)
    subject = "You have unsubscribed";
  std::string message = mail_field("Date", mail_date(now));
  message += mail_field("From", fmt::format("<postmaster@{}>", domain));
  message += mail_field("To", fmt::format("<{}>", confirmation.address));
  message += mail_field("Subject", subject);
  message += mail_field("Message-ID", fmt::format("<{}@{}>", unique, domain));
  if (const auto id = one_message_id(confirmation.request_id); !id.empty())
    message += mail_field("In-Reply-To", id) + mail_field("References", id);
  message += "Auto-Submitted: auto-replied\r\n";
  message += "MIME-Version: 1.0\r\n";
  message += "Content-Type: text/plain; charset=us-ascii\r\n";
  message += "Content-Transfer-Encoding: 7bit\r\n";
  message += fmt::format(
      "\r\n"
      "As you asked, this address has been unsubscribed from\r\n"
      "\r\n"
      "    {}\r\n"
      "\r\n"
      "There is nothing more to do. Mail that was on its way already may still\r\n"
      "arrive.\r\n"
      "\r\n"
      "If you did not ask for this, or want such mail again, answer this one:\r\n"
      "a person will read it.\r\n",
      from);
  return message;
}

}  // namespace optout
