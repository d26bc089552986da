// Reads one section of settings, and remembers which ones were asked for.
//
// Asking is declaring: what nobody asked for by the time the Section is destroyed is complained of
// as unknown, with the nearest name that was. So there is no second list of names to keep, and no
// setting can be read without being checked, suggested and shown by -T.

#pragma once

#include "config/complaint.h"
#include "config/types.h"
#include "config/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// One line of -T: what holds, and why.
struct Effective {
  std::string setting;
  std::string value;   // YAML; passwords are ***
  std::string origin;  // "default" or "file:line"
};

// How a list of texts may be written.
struct ListRules {
  std::string_view if_empty = {};  // the complaint about a list without entries; none if allowed
  bool one_alone = false;          // "a" may stand for [a]
  std::size_t most = std::string_view::npos;
};

// A list of texts as -T shows it.
std::string yaml_list(const std::vector<std::string>& texts, const Type<std::string>& type);

// What reading leaves behind besides the options. Must outlive the Sections.
struct Findings {
  Report report;
  std::vector<Effective> effective;
};

class Section {
public:
  // `value` may be null or nothing (every setting at its default) and must outlive the Section.
  // `name` is the dotted name, empty for the whole file.
  Section(const Value* value, std::string name, Findings& findings);
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  ~Section();

  // The section of that name inside this one.
  Section section(std::string_view key);

  // Reads a setting into `into`, which holds the default. Returns where a good value stood, or
  // nothing. `default_origin` says in -T where the default came from.
  template <typename T>
  std::optional<Place> read(std::string_view key, T& into, const Type<T>& type,
                            std::string_view default_origin = "default");

  // The same without a line of -T, for what is a part of another setting there.
  template <typename T>
  std::optional<Place> read_part(std::string_view key, T& into, const Type<T>& type);

  // As read() for a list of texts, none twice. Returns where each stood.
  std::vector<Place> read_list(std::string_view key, std::vector<std::string>& into,
                               const Type<std::string>& type, const ListRules& rules = {});

  // The same for a value that is not, or not simply, the setting `key`, but complained of as such.
  std::vector<Place> read_texts(const Value& value, std::string_view key,
                                std::vector<std::string>& into, const Type<std::string>& type,
                                const ListRules& rules);

  // The value as it was written, null if absent.
  const Value* ask(std::string_view key);

  // The list of that name, for lists of sections: null if absent or complained of.
  const Value* list(std::string_view key);

  void error(Place place, std::string_view key, std::string problem);
  void warning(Place place, std::string_view key, std::string problem);

  // A line of -T.
  void note(std::string_view key, std::string printed, std::string origin);

  // "file:line" of a setting that is set, else "default".
  std::string origin(std::string_view key) const;

private:
  const Value* scalar(std::string_view key);
  bool is_list(const Value& value, std::string_view key);
  bool is_text(const Value& value, std::string_view key);
  void complain_of_unknown(const Value& child);
  std::string full_name(std::string_view key) const;

  const Value* map_ = nullptr;  // null: nothing is set
  std::string name_;
  Findings& findings_;
  std::vector<std::string_view> asked_;  // string literals
};

// --- Implementation of the template ---

template <typename T>
std::optional<Place> Section::read(std::string_view key, T& into, const Type<T>& type,
                                   std::string_view default_origin) {
  const std::optional<Place> good = read_part(key, into, type);
  note(key, type.print(into), good ? origin(key) : std::string(default_origin));
  return good;
}

template <typename T>
std::optional<Place> Section::read_part(std::string_view key, T& into, const Type<T>& type) {
  const Value* value = scalar(key);
  if (!value) return std::nullopt;
  Parsed<T> parsed = type.parse(value->text);
  if (const auto* problem = std::get_if<Problem>(&parsed)) {
    error(value->place, key, problem->text);
    return std::nullopt;
  }
  into = std::get<T>(std::move(parsed));
  return value->place;
}

}  // namespace optout
