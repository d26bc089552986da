// One line per event, to syslog (facility mail) or to stderr; safe with any text from outside.
//
// A line is "<queue id or NOQUEUE>: key=value, key=value" as Postfix writes it, so that `grep
// QUEUEID` finds our lines beside the MTA's. Values are escaped (no control characters, no terminal
// or bidi tricks, bounded), and none can begin another: what may come from outside is address(),
// word(), or discreet() between quotes.
//
// Threads: every function may be called from any thread once open() has returned.

#pragma once

#include <string>
#include <string_view>

namespace optout {

enum class LogDestination { syslog, stderr_ };
enum class LogAddresses { full, digest, none };  // what of an address may stand in a log line

struct LogOptions {
  LogDestination destination = LogDestination::syslog;
  LogAddresses addresses = LogAddresses::full;

  friend bool operator==(const LogOptions&, const LogOptions&) = default;
};

namespace log {

enum class Level { debug, info, notice, warning, error };

// Must be called before libmilter is used: libmilter logs through the same syslog(3) connection.
// `debug` lines are dropped unless `verbose`.
void open(const LogOptions& options, bool verbose);

// Whether debug lines are written at all: ask before making one on the hot path.
bool is_verbose() noexcept;

// Changes what of an address is shown, from the next line on.
void show_addresses(LogAddresses addresses) noexcept;

// Writes one line. Whatever would end or disguise it is escaped; more than kLongestLine bytes are
// cut.
void line(Level level, std::string_view text);
inline constexpr std::size_t kLongestLine = 1900;  // syslogd cuts at 2048 with its own prefix

inline void debug(std::string_view text) {
  line(Level::debug, text);
}
inline void info(std::string_view text) {
  line(Level::info, text);
}
inline void notice(std::string_view text) {
  line(Level::notice, text);
}
inline void warning(std::string_view text) {
  line(Level::warning, text);
}
inline void error(std::string_view text) {
  line(Level::error, text);
}

// `text` with control characters (C0, DEL, C1), U+2028/9, bidi controls and invalid UTF-8 written
// as \xNN, and backslash doubled; at most `limit` bytes of the result, then "…". AT-13.
std::string escaped(std::string_view text, std::size_t limit = 256);

// `address`, with or without its angle brackets, as the configuration lets it be shown: whole, as
// "<ann@example.com>"; as a fingerprint, "<#5f0c1a2b3c4d>"; or not at all, "<->". The null sender
// is always "<>". Within the brackets blanks, commas, quotes and angle brackets are escaped, so
// that the value ends at the first ">", and no address passes for another field. The fingerprint's
// key is drawn at start and never leaves the process, so nobody can find addresses from a log by
// guessing; one address has one fingerprint until the next start.
std::string address(std::string_view address);

// escaped(), for what is put between quotes, which are escaped, too; with whatever looks like an
// address in it shown as address() does: text that tells of something else, but may name somebody,
// as the answers of servers do. `about` is an address that it may speak of by its local part alone.
std::string discreet(std::string_view text, std::size_t limit = 256, std::string_view about = {});

// The same for a value without quotes, such as the name of a user: blanks, commas, quotes and angle
// brackets are escaped, but not those of an address that is hidden.
std::string word(std::string_view text, std::size_t limit = 256);

}  // namespace log
}  // namespace optout
