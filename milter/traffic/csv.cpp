#include "traffic/csv.h"

#include <algorithm>

namespace optout {

bool CsvRecords::next() {
  do {
    if (!lines_.next()) return false;
  } while (lines_.line().empty());
  line_ = lines_.number();
  fields_.clear();
  fault_ = {};
  read_record();
  return true;
}

void CsvRecords::read_record() {
  for (std::size_t at = 0; fault_.empty(); ++at) {
    if (lines_.too_long()) {
      fault_ = "the line is too long";
      return;
    }
    if (at < lines_.line().size() && lines_.line()[at] == '"') {
      fields_.push_back(quoted_field(at));
      if (fault_.empty() && at < lines_.line().size() && lines_.line()[at] != ',')
        fault_ = "text behind a closing quote";
    } else {
      const std::string& line = lines_.line();
      const std::size_t end = std::min(line.find(',', at), line.size());
      fields_.push_back(line.substr(at, end - at));
      if (fields_.back().find('"') != std::string::npos)
        fault_ = "a quote within a field without quotes";
      at = end;
    }
    if (at >= lines_.line().size()) return;
  }
}

std::string CsvRecords::quoted_field(std::size_t& at) {
  std::string field;
  ++at;
  while (true) {
    const std::string& line = lines_.line();
    const std::size_t quote = line.find('"', at);
    field.append(line, at, quote == std::string::npos ? quote : quote - at);
    if (field.size() > kLongest) {
      fault_ = "the record is too long";
      return field;
    }
    if (quote == std::string::npos) {
      field += '\n';
      at = 0;
      if (!lines_.next()) {
        fault_ = "a quote that is never closed";
        return field;
      }
      continue;
    }
    at = quote + 1;
    if (at >= line.size() || line[at] != '"') return field;
    field += '"';
    ++at;
  }
}

}  // namespace optout
