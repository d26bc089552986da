#include "config/yaml_text.h"

#include "config/yaml_lines.h"
#include "log/log.h"
#include "util/utf8.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace optout {
namespace {

// Ends the reading of a file: what follows could not be understood any more.
class Unreadable : public std::runtime_error {
public:
  Unreadable(Place place, const std::string& problem)
      : std::runtime_error(problem), place_(place) {}
  Place place() const noexcept { return place_; }

private:
  Place place_;
};

// yaml-cpp's marks count from 0.
Place place_of(const YAML::Mark& mark, int file) {
  if (mark.is_null()) return {file, 0, 0};
  return {file, mark.line + 1, mark.column + 1};
}

// What yaml-cpp says is true, but rarely what an administrator needs to know.
std::string plain_words(std::string_view yaml_problem) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kWords{{
      {"illegal map value",
       "is its section above it? a value with \": \" in it or \":\" at its end needs quotes"},
      {"unknown token", "a value that begins with @, ` or % must stand in quotes"},
      {"the referenced anchor is not defined", "a value that begins with * must stand in quotes"},
      {"end of map not found", "is the indentation right?"},
      {"end of sequence not found", "is the indentation right?"},
      {"end of map flow not found", "a { is not closed"},
      {"end of sequence flow not found", "a [ is not closed"},
      {"unknown escape character", "in double quotes a backslash is written twice"},
      {"illegal EOF in scalar", "a quote is not closed"},
  }};
  for (const auto& [theirs, ours] : kWords) {
    if (yaml_problem.starts_with(theirs))
      return fmt::format("not valid YAML: {} ({})", theirs, ours);
  }
  return fmt::format("not valid YAML: {}", log::escaped(yaml_problem));
}

class TreeBuilder final : public YAML::EventHandler {
public:
  TreeBuilder(const Lines& lines, int file, Report& report)
      : lines_(lines), file_(file), report_(report) {}

  Value take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      throw Unreadable(place_of(mark, file_),
                       "a second YAML document in one file (remove the \"---\")");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(Value::Kind::nothing, mark, {});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report_.error(place_of(mark, file_), path(),
                  "YAML aliases (*) are not supported; write the value again");
    add(Value::Kind::broken, mark, {});
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_anchor(mark, anchor);
    refuse_open_quote(mark);
    const bool broken = refuse_tag(mark, tag) || refuse_escape(mark, text);
    add(broken ? Value::Kind::broken : Value::Kind::scalar, mark, text);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(Value::Kind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(Value::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { open_.pop_back(); }

private:
  // A list or map whose end has not come yet. `value` stays where it is: its parent gets no further
  // child before this one is closed.
  struct Open {
    Value* value = nullptr;
    std::string path;  // the setting's name
    bool key_next = false;
    std::string key;
    Place key_place;
    std::map<std::string, int> lines_of_keys = {};
  };

  // The name of the setting whose value is due.
  std::string path() const {
    if (open_.empty()) return {};
    const Open& top = open_.back();
    if (top.value->kind == Value::Kind::list || top.key_next) return top.path;
    const std::string key = log::escaped(top.key, 64);
    return top.path.empty() ? key : top.path + '.' + key;
  }

  void start(Value::Kind kind, const YAML::Mark& mark, const std::string& tag,
             YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (open_.size() >= kDeepestYaml) {
      throw Unreadable(place_of(mark, file_), "nested deeper than any setting is");
    }
    std::string name = path();
    const bool in_list = !open_.empty() && open_.back().value->kind == Value::Kind::list;
    if (in_list) name += "[]";
    Value* value = add(kind, mark, {});
    open_.push_back({value, std::move(name), kind == Value::Kind::map, {}, {}});
  }

  Value* add(Value::Kind kind, const YAML::Mark& mark, std::string text) {
    if (++values_ > kMostYamlValues) {
      throw Unreadable(place_of(mark, file_), fmt::format("more than {} values", kMostYamlValues));
    }
    Value value{.kind = kind,
                .place = place_of(mark, file_),
                .text = std::move(text),
                .children = {},
                .key = {},
                .key_place = {}};
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Open& top = open_.back();
    if (top.key_next) {
      take_key(top, std::move(value));
      return nullptr;
    }
    if (top.value->kind == Value::Kind::map) {
      top.key_next = true;
      value.key = std::move(top.key);
      value.key_place = top.key_place;
      if (kind == Value::Kind::nothing)
        value.place = top.key_place;  // yaml-cpp gives the next token's
    }
    top.value->children.push_back(std::move(value));
    return &top.value->children.back();
  }

  void take_key(Open& top, Value key) {
    if (key.kind == Value::Kind::list || key.kind == Value::Kind::map) {
      throw Unreadable(key.place,
                       "a bracket is not closed, or stands where a setting's name should");
    }
    if (key.kind != Value::Kind::scalar) {
      throw Unreadable(key.place, "the name of a setting is missing here");
    }
    top.key_next = false;
    top.key = std::move(key.text);
    top.key_place = key.place;
    const auto [earlier, is_new] = top.lines_of_keys.emplace(top.key, key.place.line);
    if (!is_new) {
      report_.error(key.place, path(), fmt::format("already set on line {}", earlier->second));
    }
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    report_.error(place_of(mark, file_), path(), "YAML anchors (&) are not supported");
  }

  bool refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return false;  // "!": a scalar in quotes
    report_.error(
        place_of(mark, file_), path(),
        "YAML tags (!) are not supported; a value that begins with ! must stand in quotes");
    return true;
  }

  // Of "\_" and "\N" yaml-cpp makes octets that are no UTF-8.
  bool refuse_escape(const YAML::Mark& mark, const std::string& text) {
    if (is_utf8(text)) return false;
    report_.error(place_of(mark, file_), path(), "an escape such as \\_ that is not supported");
    return true;
  }

  void refuse_open_quote(const YAML::Mark& mark) {
    const auto line = static_cast<std::size_t>(mark.line);
    const auto column = static_cast<std::size_t>(mark.column);
    if (line >= lines_.size() || column >= lines_[line].size()) return;
    const char first = lines_[line][column];
    if ((first != '"' && first != '\'') || quote_is_closed(lines_[line], column)) return;
    throw Unreadable(place_of(mark, file_), "this quote is not closed on the same line");
  }

  const Lines& lines_;
  int file_;
  Report& report_;
  Value root_;
  std::vector<Open> open_;
  std::size_t documents_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

std::optional<Value> parse_yaml(std::string_view text, int file, Report& report) {
  text = without_byte_order_mark(text);
  const Lines lines = lines_of(text);
  try {
    if (const auto problem = unfit_for_yaml(lines)) {
      throw Unreadable({file, problem->line, problem->column}, problem->text);
    }
    TreeBuilder builder(lines, file, report);
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    Value root = builder.take();
    if (root.kind == Value::Kind::nothing) root.kind = Value::Kind::map;
    if (root.kind == Value::Kind::map) return root;
    report.error(root.place, {}, "settings are expected here, such as \"mode: monitor\"");
  } catch (const Unreadable& unreadable) {
    report.error(unreadable.place(), {}, unreadable.what());
  } catch (const YAML::Exception& error) {
    report.error(place_of(error.mark, file), {}, plain_words(error.msg));
  }
  return std::nullopt;
}

}  // namespace optout
