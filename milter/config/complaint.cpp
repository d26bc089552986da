#include "config/complaint.h"

#include "log/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::size_t kLongestName = 4096;  // of a file
constexpr std::size_t kLongestQuote = 80;

}  // namespace

std::string Complaint::to_string() const {
  std::string out = log::escaped(file, kLongestName);
  if (line > 0) out += fmt::format(":{}:{}", line, column);
  if (!setting.empty()) out += ": " + setting;
  return out + (is_warning ? ": warning: " : ": ") + problem;
}

int Report::add_file(std::string name) {
  files_.push_back(std::move(name));
  return static_cast<int>(files_.size()) - 1;
}

void Report::error(Place place, std::string_view setting, std::string problem) {
  ++errors_;
  add(place, setting, std::move(problem), false);
}

void Report::warning(Place place, std::string_view setting, std::string problem) {
  add(place, setting, std::move(problem), true);
}

void Report::add(Place place, std::string_view setting, std::string problem, bool is_warning) {
  complaints_.emplace_back(place, Complaint{file(place), place.line, place.column,
                                            std::string(setting), std::move(problem), is_warning});
}

const std::string& Report::file(Place place) const {
  return files_.at(static_cast<std::size_t>(place.file));
}

std::string Report::origin(Place place) const {
  return fmt::format("{}:{}", file(place), place.line);
}

std::vector<Complaint> Report::sorted() const {
  auto complaints = complaints_;
  std::stable_sort(complaints.begin(), complaints.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Complaint> out;
  out.reserve(complaints.size());
  for (auto& [place, complaint] : complaints)
    out.push_back(std::move(complaint));
  return out;
}

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", log::escaped(text, kLongestQuote));
}

}  // namespace optout
