#include "config/section.h"

#include "config/known_settings.h"
#include "log/log.h"
#include "util/suggest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <span>

namespace optout {

std::string yaml_list(const std::vector<std::string>& texts, const Type<std::string>& type) {
  std::vector<std::string> printed;
  printed.reserve(texts.size());
  for (const std::string& text : texts)
    printed.push_back(type.print(text));
  return fmt::format("[{}]", fmt::join(printed, ", "));
}

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

std::vector<Place> Section::read_list(std::string_view key, std::vector<std::string>& into,
                                      const Type<std::string>& type, const ListRules& rules) {
  std::vector<Place> places;
  if (const Value* value = ask(key)) {
    into.clear();
    places = read_texts(*value, key, into, type, rules);
  }
  note(key, yaml_list(into, type), origin(key));
  return places;
}

std::vector<Place> Section::read_texts(const Value& value, std::string_view key,
                                       std::vector<std::string>& into,
                                       const Type<std::string>& type, const ListRules& rules) {
  const bool alone = rules.one_alone && value.kind == Value::Kind::scalar;
  if (!alone && !is_list(value, key)) return {};
  const std::span<const Value> items = alone ? std::span(&value, 1) : std::span(value.children);
  if (items.empty() && !rules.if_empty.empty()) {
    error(value.place, key, std::string(rules.if_empty));
  }
  std::vector<Place> places;
  std::map<std::string, int> lines;
  for (const Value& item : items) {
    if (!is_text(item, key)) continue;
    Parsed<std::string> parsed = type.parse(item.text);
    if (const auto* problem = std::get_if<Problem>(&parsed)) {
      error(item.place, key, problem->text);
      continue;
    }
    const auto& text = std::get<std::string>(parsed);
    const auto [earlier, is_new] = lines.emplace(text, item.place.line);
    if (!is_new) {
      error(
          item.place, key,
          fmt::format("{} is already in this list, on line {}", in_quotes(text), earlier->second));
    } else if (into.size() >= rules.most) {
      error(item.place, key, fmt::format("more than {} values", rules.most));
      break;
    } else {
      into.push_back(text);
      places.push_back(item.place);
    }
  }
  return places;
}

const Value* Section::list(std::string_view key) {
  const Value* value = ask(key);
  return value && is_list(*value, key) ? value : nullptr;
}

bool Section::is_list(const Value& value, std::string_view key) {
  switch (value.kind) {
    case Value::Kind::list:
      return true;
    case Value::Kind::nothing:
      error(value.place, key, "has no value (leave it out for the default)");
      return false;
    case Value::Kind::scalar:
    case Value::Kind::map:
      error(value.place, key, "a list is expected: [one, two], or a line \"- one\" for each");
      return false;
    case Value::Kind::broken:
      break;
  }
  return false;
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
