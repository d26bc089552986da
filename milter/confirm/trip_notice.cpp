#include "confirm/trip_notice.h"

#include "confirm/mail_fields.h"
#include "guard/identity.h"
#include "util/shell_word.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kMostNamed = 100;     // messages
constexpr std::size_t kLongestText = 200;   // octets
constexpr std::size_t kLongestLimit = 80;   // of one in the Subject
constexpr unsigned kEnoughForMost = 10000;  // people, in the command that allows more

// Names come from outside: printable ASCII only, and no line breaks.
std::string tidy(std::string_view text, std::size_t longest = kLongestText) {
  std::string result(text.substr(0, longest));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c >= 0x7f; }, '?');
  return result;
}

// Also as a word of a shell command, where some octets take two, it is no longer than that.
std::string sender_of(const TripNotice& notice) {
  std::string sender = tidy(notice.sender, kLongestSender);
  while (shell_word(sender).size() > kLongestSender)
    sender.pop_back();
  return sender;
}

bool goes_out(const Trip& trip) {
  return trip.monitored || trip.step == "warn";
}

std::string what_is_done(const TripNote& note) {
  if (note.trip.step == "warn") return "This limit only warns: mail goes out all the same.";
  const std::string_view done = note.trip.step == "hold"    ? "held in the queue of the MTA"
                                : note.trip.step == "defer" ? "deferred"
                                                            : "rejected";
  const bool is_of_sender = note.kind == LimitKind::recipients || note.kind == LimitKind::opted_out;
  const std::string_view what = is_of_sender ? "its mail" : "the message";
  if (note.trip.monitored)
    return fmt::format("In monitor mode nothing is done; else {} would be {}.", what, done);
  return fmt::format("For now, {} is {}.", what, done);
}

// What lasts ends with a release; more may be allowed of all that is counted in people.
std::string what_to_type(const TripNotice& notice) {
  const TripNote& note = notice.note;
  const bool is_of_one = note.kind == LimitKind::recipients_per_message;
  const std::string sender = shell_word(sender_of(notice));
  std::string commands;
  if (!goes_out(note.trip) && !is_of_one)
    commands += fmt::format("    optoutctl guard release {}\r\n", sender);
  if (is_of_one) {
    commands += fmt::format("    optoutctl guard allow {} {} for 1h\r\n", sender, note.trip.count);
  } else if (note.kind != LimitKind::opted_out) {
    commands += fmt::format("    optoutctl guard allow {} {} for 2h\r\n", sender, kEnoughForMost);
  }
  if (commands.empty()) return commands;
  const bool are_two = commands.find('\n') + 1 < commands.size();
  return fmt::format(
      "{}, type{}\r\n\r\n{}",
      goes_out(note.trip) ? "To allow the sender more for a while" : "To let the sender go on",
      are_two ? " one of" : "", commands);
}

}  // namespace

std::string_view domain_of_notice(const TripNotice& notice) noexcept {
  return std::string_view(notice.address).substr(notice.address.rfind('@') + 1);
}

std::string to_message(const TripNotice& notice, std::chrono::sys_seconds now,
                       std::string_view unique) {
  const std::string_view domain = domain_of_notice(notice);
  const Trip& trip = notice.note.trip;
  const std::string sender = sender_of(notice);
  std::string message = mail_field("Date", mail_date(now));
  message += mail_field("From", fmt::format("<postmaster@{}>", domain));
  message += mail_field("To", fmt::format("<{}>", notice.address));
  message +=
      mail_field("Subject", fmt::format("[optout-milter {}] {} has passed {}", tidy(notice.relay),
                                        sender, tidy(notice.note.limit, kLongestLimit)));
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
      "{}\r\n"
      "{}",
      tidy(notice.relay), sender, tidy(trip.limit), trip.count, share, trip.since,
      trip.message.empty() ? "NOQUEUE" : tidy(trip.message), what_is_done(notice.note),
      what_to_type(notice));
  if (notice.note.passed.empty()) return message;
  message +=
      fmt::format("\r\nMail of this sender that had gone out before ({}), latest first:\r\n\r\n",
                  passed_text(notice.note.passed_in_all));
  for (std::size_t i = 0; i < std::min(kMostNamed, notice.note.passed.size()); ++i)
    message += fmt::format("    {}\r\n", tidy(notice.note.passed[i]));
  if (notice.note.passed.size() > kMostNamed) message += "    ...\r\n";
  return message;
}

}  // namespace optout
