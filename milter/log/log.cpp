#include "log/log.h"

#include "log/state.h"

#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#include <array>

namespace optout::log {
namespace {

int priority(Level level) {
  switch (level) {
    case Level::debug:
      return LOG_DEBUG;
    case Level::info:
      return LOG_INFO;
    case Level::notice:
      return LOG_NOTICE;
    case Level::warning:
      return LOG_WARNING;
    case Level::error:
      return LOG_ERR;
  }
  return LOG_ERR;
}

// What stands before the text on stderr; Postfix marks only what needs attention, and so do we.
std::string_view mark(Level level) {
  switch (level) {
    case Level::warning:
      return "warning: ";
    case Level::error:
      return "error: ";
    default:
      return "";
  }
}

// One writev, so that lines of several threads never mix.
void write_to_stderr(Level level, std::string_view text) {
  const std::string_view name = "optout-milter: ";
  const std::string_view severity = mark(level);
  std::array<iovec, 4> parts{};
  std::size_t count = 0;
  for (const std::string_view part : {name, severity, text, std::string_view("\n")}) {
    parts.at(count++) = {const_cast<char*>(part.data()), part.size()};
  }
  [[maybe_unused]] const ssize_t written =
      ::writev(STDERR_FILENO, parts.data(), static_cast<int>(count));
}

bool harmless(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  }
  return text.size() <= kLongestLine;
}

// Our own lines are escaped value by value; this is the net below, for text that was not.
std::string made_harmless(std::string_view text) {
  std::string out(text.substr(0, kLongestLine));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

}  // namespace

State& state() noexcept {
  static State state;
  return state;
}

void open(const LogOptions& options, bool verbose) {
  state().destination = options.destination;
  state().verbose = verbose;
  show_addresses(options.addresses);
  // Even where our own lines go to stderr, libmilter's go to syslog under this name and facility.
  ::openlog("optout-milter", LOG_PID | LOG_NDELAY, LOG_MAIL);
}

bool is_verbose() noexcept {
  return state().verbose;
}

void show_addresses(LogAddresses addresses) noexcept {
  state().addresses = addresses;
}

void line(Level level, std::string_view text) {
  if (level == Level::debug && !state().verbose) return;
  if (!harmless(text)) return line(level, made_harmless(text));
  if (state().destination == LogDestination::stderr_) {
    write_to_stderr(level, text);
  } else {
    ::syslog(priority(level), "%s%.*s", mark(level).data(), static_cast<int>(text.size()),
             text.data());
  }
}

}  // namespace optout::log
