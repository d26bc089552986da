#include "traffic/traffic_files.h"

#include <algorithm>
#include <utility>

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
  if (!advance(*file)) {
    note_end(*file);
    return std::nullopt;
  }
  const auto before = [](MailTime at, const std::unique_ptr<File>& other) {
    return at < other->at;
  };
  files_.insert(std::upper_bound(files_.begin(), files_.end(), file->at, before), std::move(file));
  return std::nullopt;
}

std::optional<std::string> TrafficFiles::identify(File& file) {
  do {
    if (file.lines.next()) continue;
    return file.lines.failed() ? "it cannot be read" : "it is empty";
  } while (is_remark(file.lines.line()));
  const std::string& line = file.lines.line();
  if (line.starts_with(kGzip)) return "it is compressed: have zcat(1) read it";
  const bool is_log = parse_postfix_line(line, file.syslog_time).has_value();
  file.lines.again();
  return is_log ? std::nullopt : begin_table(file);
}

std::optional<std::string> TrafficFiles::begin_table(File& file) {
  file.records.emplace(file.lines);
  file.records->next();
  if (!file.records->fault().empty() || file.records->fields().size() < 2)
    return "it is neither a log of Postfix nor a table with a line of column names";
  auto table = MailTable::with_columns(file.records->fields());
  if (auto* const wrong = std::get_if<std::string>(&table)) return std::move(*wrong);
  file.table = std::get<MailTable>(table);
  return std::nullopt;
}

std::optional<Delivery> TrafficFiles::next() {
  while (!files_.empty()) {
    const auto oldest = std::min_element(
        files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a->at < b->at; });
    File& file = **oldest;
    std::optional<Delivery> delivery = std::exchange(file.record, std::nullopt);
    if (file.line && !file.line->queue_id.empty())
      delivery = logs_[std::string(file.line->host)].read(*file.line);
    if (!advance(file)) {
      note_end(file);
      files_.erase(oldest);
    }
    if (delivery) return delivery;
  }
  return std::nullopt;
}

std::uint64_t TrafficFiles::without_origin() const noexcept {
  std::uint64_t all = 0;
  for (const auto& [host, log] : logs_)
    all += log.without_origin();
  return all;
}

bool TrafficFiles::advance(File& file) {
  return file.table ? next_record(file) : next_line(file);
}

bool TrafficFiles::next_record(File& file) {
  while (file.records->next()) {
    std::string_view why = file.records->fault();
    if (why.empty()) {
      auto read = file.table->read(file.records->fields());
      if (auto* const found = std::get_if<Delivery>(&read)) {
        file.at = found->at;
        file.record = std::move(*found);
        return true;
      }
      why = std::get<std::string_view>(read);
    }
    pass_over(file, file.records->line(), why);
  }
  return false;
}

bool TrafficFiles::next_line(File& file) {
  while (file.lines.next()) {
    const std::string& line = file.lines.line();
    if (is_remark(line)) continue;
    file.line = parse_postfix_line(line, file.syslog_time);
    if (file.line) {
      file.at = file.line->at;
      return true;
    }
    pass_over(file, file.lines.number(), "no line of a log");
  }
  return false;
}

void TrafficFiles::note_end(const File& file) {
  if (file.lines.failed() && !broken_) broken_ = file.name;
}

void TrafficFiles::pass_over(const File& file, std::uint64_t line, std::string_view why) {
  ++unread_;
  if (first_unread_.size() < kMostShown)
    first_unread_.push_back({.file = file.name, .line = line, .why = std::string(why)});
}

}  // namespace optout
