#include "config/section.h"

#include "config/known_settings.h"
#include "log/log.h"
#include "util/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

namespace optout {

Section::Section(const Value* value, std::string name, Findings& findings)
    : name_(std::move(name)), findings_(findings) {
  if (!value) return;
  if (value->kind == Value::Kind::map) {
    map_ = value;
  } else if (value->kind == Value::Kind::scalar || value->kind == Value::Kind::list) {
    findings_.report.error(value->place, name_,
                           "settings are expected here, indented by two spaces");
  }
}

Section::~Section() {
  if (!map_) return;
  for (const Value& child : map_->children) {
    if (std::find(asked_.begin(), asked_.end(), child.key) == asked_.end()) {
      complain_of_unknown(child);
    }
  }
}

Section Section::section(std::string_view key) {
  return {ask(key), full_name(key), findings_};
}

std::optional<Place> Section::read_list(std::string_view key, std::vector<std::string>& into,
                                        const Type<std::string>& type, std::string_view if_empty) {
  std::optional<Place> good;
  if (const Value* found = list(key)) {
    good = found->place;
    into.clear();
    if (found->children.empty() && !if_empty.empty()) {
      error(found->place, key, std::string(if_empty));
    }
    std::map<std::string, int> lines;
    for (const Value& item : found->children) {
      if (!is_text(item, key)) continue;
      Parsed<std::string> parsed = type.parse(item.text);
      if (const auto* problem = std::get_if<Problem>(&parsed)) {
        error(item.place, key, problem->text);
        continue;
      }
      const auto& text = std::get<std::string>(parsed);
      const auto [earlier, is_new] = lines.emplace(text, item.place.line);
      if (is_new) {
        into.push_back(text);
      } else {
        error(item.place, key,
              fmt::format("{} is already in this list, on line {}", in_quotes(text),
                          earlier->second));
      }
    }
  }
  std::vector<std::string> printed;
  printed.reserve(into.size());
  for (const std::string& text : into)
    printed.push_back(type.print(text));
  note(key, fmt::format("[{}]", fmt::join(printed, ", ")), good ? origin(key) : "default");
  return good;
}

const Value* Section::list(std::string_view key) {
  const Value* value = ask(key);
  if (!value || value->kind == Value::Kind::broken) return nullptr;
  if (value->kind == Value::Kind::list) return value;
  if (value->kind == Value::Kind::nothing) {
    error(value->place, key, "has no value (leave it out for the default)");
  } else {
    error(value->place, key, "a list is expected: [one, two], or a line \"- one\" for each");
  }
  return nullptr;
}

const Value* Section::scalar(std::string_view key) {
  const Value* value = ask(key);
  return value && is_text(*value, key) ? value : nullptr;
}

bool Section::is_text(const Value& value, std::string_view key) {
  switch (value.kind) {
    case Value::Kind::broken:
      return false;
    case Value::Kind::nothing:
      error(value.place, key, "has no value (leave it out for the default)");
      return false;
    case Value::Kind::list:
    case Value::Kind::map:
      error(value.place, key, "one value is expected here");
      return false;
    case Value::Kind::scalar:
      break;
  }
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(value.text.begin(), value.text.end(), is_control)) {
    error(value.place, key, "contains a line break or another control character");
    return false;
  }
  return true;
}

const Value* Section::ask(std::string_view key) {
  asked_.push_back(key);
  return map_ ? map_->find(key) : nullptr;
}

void Section::error(Place place, std::string_view key, std::string problem) {
  findings_.report.error(place, full_name(key), std::move(problem));
}

void Section::warning(Place place, std::string_view key, std::string problem) {
  findings_.report.warning(place, full_name(key), std::move(problem));
}

std::string Section::origin(std::string_view key) const {
  const Value* value = map_ ? map_->find(key) : nullptr;
  return value ? findings_.report.origin(value->key_place) : "default";
}

void Section::note(std::string_view key, std::string printed, std::string origin) {
  findings_.effective.push_back({full_name(key), std::move(printed), std::move(origin)});
}

void Section::complain_of_unknown(const Value& child) {
  const std::string name = full_name(log::escaped(child.key, 64));
  std::string problem;
  if (const auto why = why_not_known(name); !why.empty()) {
    problem = why;
  } else if (const auto meant = nearest(child.key, asked_); !meant.empty()) {
    problem = fmt::format("unknown setting (did you mean {}?)", full_name(meant));
  } else if (const auto elsewhere = setting_ending_in(child.key); !elsewhere.empty()) {
    problem = fmt::format("unknown setting (did you mean {}?)", elsewhere);
  } else {
    problem = "unknown setting";
  }
  findings_.report.error(child.key_place, name, std::move(problem));
}

std::string Section::full_name(std::string_view key) const {
  return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
}

}  // namespace optout
