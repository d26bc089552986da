// Past traffic in files, each a table (mail_table.h) or a log of Postfix: what their first lines
// are like tells which. Lines of several files, be they of several days or of several relays, come
// in the order of time; those of one file come as they stand there.
//
// Lines that make no sense are passed over, counted, and the first few are kept to be shown.

#pragma once

#include "traffic/csv.h"
#include "traffic/delivery.h"
#include "traffic/lines.h"
#include "traffic/mail_table.h"
#include "traffic/postfix_line.h"
#include "traffic/postfix_log.h"

#include <cstdint>
#include <functional>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace optout {

struct UnreadLine {
  std::string file;
  std::uint64_t line = 0;
  std::string why;
};

class TrafficFiles {
public:
  static constexpr std::size_t kMostShown = 5;

  // The year of logs that tell none, see SyslogTime.
  TrafficFiles(MailTime now, std::optional<int> year) : now_(now), year_(year) {}

  // Reads the beginning of a file. What is wrong with it, or nothing; then it will be read.
  std::optional<std::string> add(std::string name, std::unique_ptr<std::istream> text);

  // What all of the files can tell.
  Told told() const noexcept { return told_; }

  // The delivery of the file whose next line is the oldest; nothing when all are read.
  std::optional<Delivery> next();

  std::uint64_t unread() const noexcept { return unread_; }
  const std::vector<UnreadLine>& first_unread() const noexcept { return first_unread_; }
  std::uint64_t without_origin() const noexcept;
  // The file that could not be read to its end, if any.
  const std::optional<std::string>& broken() const noexcept { return broken_; }

private:
  struct File {
    std::string name;
    std::unique_ptr<std::istream> text;
    Lines lines;
    SyslogTime syslog_time;
    std::optional<MailTable> table{};  // nothing: a log
    std::optional<CsvRecords> records{};
    // What comes next, of a log or of a table, and of when it is.
    std::optional<PostfixLine> line{};  // views of `lines`
    std::optional<Delivery> record{};
    MailTime at{};
  };

  std::optional<std::string> identify(File& file);
  static std::optional<std::string> begin_table(File& file);
  // Moves on to what comes next. False at the end of the file.
  bool advance(File& file);
  bool next_record(File& file);
  bool next_line(File& file);
  void note_end(const File& file);
  void pass_over(const File& file, std::uint64_t line, std::string_view why);

  const MailTime now_;
  const std::optional<int> year_;
  std::vector<std::unique_ptr<File>> files_;             // what is left to read, by when they begin
  std::map<std::string, PostfixLog, std::less<>> logs_;  // of each host: queue IDs are its own
  Told told_{.messages = true, .subjects = true, .list_unsubscribe = true, .opted_out = true};
  std::uint64_t unread_ = 0;
  std::vector<UnreadLine> first_unread_;
  std::optional<std::string> broken_;
};

}  // namespace optout
