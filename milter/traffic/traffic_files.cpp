#include "traffic/traffic_files.h"

#include "traffic/postfix_line.h"

#include <algorithm>

namespace optout {
namespace {

constexpr std::string_view kGzip = "\x1f\x8b";

// What journalctl says of itself between lines of the log.
bool is_remark(std::string_view line) noexcept {
  return line.empty() || line.starts_with("-- ");
}

Told both(const Told& a, const Told& b) noexcept {
  return {.messages = a.messages && b.messages,
          .subjects = a.subjects && b.subjects,
          .list_unsubscribe = a.list_unsubscribe && b.list_unsubscribe,
          .opted_out = a.opted_out && b.opted_out};
}

}  // namespace

std::optional<std::string> TrafficFiles::add(std::string name, std::unique_ptr<std::istream> text) {
  std::istream& behind = *text;
  auto file = std::make_unique<File>(File{.name = std::move(name),
                                          .text = std::move(text),
                                          .lines = Lines(behind),
                                          .syslog_time = SyslogTime(now_, year_)});
  if (auto wrong = identify(*file)) return wrong;
  told_ = both(told_, file->table ? file->table->told() : PostfixLog::kTold);
  const auto later = [](MailTime begins, const std::unique_ptr<File>& other) {
    return begins >= other->begins;
  };
  files_.insert(std::upper_bound(files_.begin(), files_.end(), file->begins, later),
                std::move(file));
  return std::nullopt;
}

std::optional<std::string> TrafficFiles::identify(File& file) {
  do {
    if (file.lines.next()) continue;
    return file.lines.failed() ? "it cannot be read" : "it is empty";
  } while (is_remark(file.lines.line()));
  const std::string& line = file.lines.line();
  if (line.starts_with(kGzip)) return "it is compressed: have zcat(1) read it";
  file.lines.again();
  if (const auto parsed = parse_postfix_line(line, file.syslog_time)) {
    file.begins = parsed->at;
    return std::nullopt;
  }
  return begin_table(file);
}

std::optional<std::string> TrafficFiles::begin_table(File& file) {
  file.records.emplace(file.lines);
  file.records->next();
  if (!file.records->fault().empty() || file.records->fields().size() < 2)
    return "it is neither a log of Postfix nor a table with a line of column names";
  auto table = MailTable::with_columns(file.records->fields());
  if (auto* const wrong = std::get_if<std::string>(&table)) return std::move(*wrong);
  file.table = std::get<MailTable>(table);
  while (!file.first && read_record(file, file.first)) {
  }
  if (file.first) file.begins = file.first->at;
  return std::nullopt;
}

std::optional<Delivery> TrafficFiles::next() {
  while (!files_.empty()) {
    File& file = *files_.back();
    if (file.first) return std::exchange(file.first, std::nullopt);
    std::optional<Delivery> delivery;
    while (!delivery) {
      if (!(file.table ? read_record(file, delivery) : read_line(file, delivery))) break;
    }
    if (delivery) return delivery;
    if (file.lines.failed() && !broken_) broken_ = file.name;
    files_.pop_back();
  }
  return std::nullopt;
}

bool TrafficFiles::read_record(File& file, std::optional<Delivery>& delivery) {
  if (!file.records->next()) return false;
  std::string_view why = file.records->fault();
  if (why.empty()) {
    auto read = file.table->read(file.records->fields());
    if (auto* const found = std::get_if<Delivery>(&read)) {
      delivery = std::move(*found);
      return true;
    }
    why = std::get<std::string_view>(read);
  }
  pass_over(file, file.records->line(), why);
  return true;
}

bool TrafficFiles::read_line(File& file, std::optional<Delivery>& delivery) {
  if (!file.lines.next()) return false;
  const std::string& line = file.lines.line();
  if (is_remark(line)) return true;
  if (const auto parsed = parse_postfix_line(line, file.syslog_time)) {
    delivery = log_.read(*parsed);
  } else {
    pass_over(file, file.lines.number(), "no line of a log");
  }
  return true;
}

void TrafficFiles::pass_over(const File& file, std::uint64_t line, std::string_view why) {
  ++unread_;
  if (first_unread_.size() < kMostShown)
    first_unread_.push_back({.file = file.name, .line = line, .why = std::string(why)});
}

}  // namespace optout
