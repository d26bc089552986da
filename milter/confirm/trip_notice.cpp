#include "confirm/trip_notice.h"

#include "confirm/mail_fields.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kMostNamed = 100;  // messages

// Names come from outside: printable ASCII only, and no line breaks.
std::string tidy(std::string_view text) {
  std::string result(text.substr(0, 200));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c >= 0x7f; }, '?');
  return result;
}

std::string what_is_done(const Trip& trip) {
  if (trip.step == "warn") return "Its mail goes out all the same.";
  const std::string_view done = trip.step == "hold"    ? "held in the queue of the MTA"
                                : trip.step == "defer" ? "deferred"
                                                       : "rejected";
  if (trip.monitored) return fmt::format("In monitor mode nothing is done; it would be {}.", done);
  return fmt::format("Its mail is {}.", done);
}

std::string what_to_type(const TripNotice& notice) {
  if (notice.note.kind == LimitKind::recipients_per_message)
    return fmt::format("    optoutctl guard allow {} {} for 1h\r\n", tidy(notice.sender),
                       notice.note.trip.count);
  return fmt::format(
      "    optoutctl guard release {0}\r\n"
      "    optoutctl guard allow {0} 10000 for 2h\r\n",
      tidy(notice.sender));
}

}  // namespace

std::string_view domain_of_notice(const TripNotice& notice) noexcept {
  return std::string_view(notice.address).substr(notice.address.rfind('@') + 1);
}

std::string to_message(const TripNotice& notice, std::chrono::sys_seconds now,
                       std::string_view unique) {
  const std::string_view domain = domain_of_notice(notice);
  const Trip& trip = notice.note.trip;
  const std::string sender = tidy(notice.sender);
  std::string message = mail_field("Date", mail_date(now));
  message += mail_field("From", fmt::format("<postmaster@{}>", domain));
  message += mail_field("To", fmt::format("<{}>", notice.address));
  message +=
      mail_field("Subject", fmt::format("[optout-milter {}] {} has passed {}", tidy(notice.relay),
                                        sender, tidy(notice.note.limit)));
  message += mail_field("Message-ID", fmt::format("<{}@{}>", unique, domain));
  message +=
      "Auto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n"
      "Content-Transfer-Encoding: 7bit\r\n"
      "\r\n";
  const std::string share = trip.of > 0 ? fmt::format(" of {}", trip.of) : "";
  message += fmt::format(
      "The bulk guard on {} has found too much mail of one sender.\r\n"
      "\r\n"
      "    sender   {}\r\n"
      "    limit    {}\r\n"
      "    counted  {}{}\r\n"
      "    since    {}\r\n"
      "    message  {}\r\n"
      "\r\n"
      "{} To let the sender go on, type one of\r\n"
      "\r\n"
      "{}",
      tidy(notice.relay), sender, tidy(trip.limit), trip.count, share, trip.since,
      trip.message.empty() ? "NOQUEUE" : tidy(trip.message), what_is_done(trip),
      what_to_type(notice));
  if (notice.note.passed.empty()) return message;
  message +=
      fmt::format("\r\nMail of this sender that had gone out before ({}), latest first:\r\n\r\n",
                  notice.note.passed_in_all);
  for (std::size_t i = 0; i < std::min(kMostNamed, notice.note.passed.size()); ++i)
    message += fmt::format("    {}\r\n", tidy(notice.note.passed[i]));
  if (notice.note.passed.size() > kMostNamed) message += "    ...\r\n";
  return message;
}

}  // namespace optout
