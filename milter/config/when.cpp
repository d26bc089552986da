#include "config/when.h"

#include "config/patterns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace optout {
namespace {

constexpr std::size_t kMostFields = 16;
constexpr ListRules kValues{.if_empty = "an empty list matches nothing (leave it out to match all)",
                            .one_alone = true,
                            .most = 1000};

// Conditions have no defaults: what is not given is not in -T.
void read_condition(Section& when, std::string_view key, std::vector<std::string>& into,
                    const Type<std::string>& type, ConditionPlaces& places) {
  const Value* value = when.ask(key);
  if (!value) return;
  places[std::string(key)] = when.read_texts(*value, key, into, type, kValues);
  when.note(key, yaml_list(into, type), when.origin(key));
}

void read_client(Section& when, std::vector<IpNetwork>& client, ConditionPlaces& places) {
  std::vector<std::string> texts;
  read_condition(when, "client", texts, network_type(), places);
  for (const std::string& text : texts) {
    if (const auto network = parse_ip_network(text)) client.push_back(*network);
  }
}

// The name of the field that `child` is about, lowered; empty if it was complained of.
std::string field_name(Section& when, const Value& child, std::map<std::string, int>& lines) {
  Parsed<std::string> parsed = field_name_type().parse(child.key);
  if (const auto* problem = std::get_if<Problem>(&parsed)) {
    when.error(child.key_place, "header", problem->text);
    return {};
  }
  std::string name = std::get<std::string>(std::move(parsed));
  const auto [earlier, is_new] = lines.emplace(name, child.key_place.line);
  if (is_new) return name;
  when.error(child.key_place, "header",
             fmt::format("{} is already there, on line {} (case does not count)",
                         in_quotes(child.key), earlier->second));
  return {};
}

void read_header(Section& when, std::vector<HeaderCondition>& header, ConditionPlaces& places) {
  const Value* fields = when.ask("header");
  if (!fields || fields->kind == Value::Kind::broken) return;
  if (fields->kind != Value::Kind::map || fields->children.empty()) {
    when.error(fields->place, "header",
               "names of header fields are expected here, such as { List-Id: news.example.com }");
    return;
  }
  std::map<std::string, int> lines;
  std::vector<std::string> printed;
  for (const Value& child : fields->children) {
    const std::string name = field_name(when, child, lines);
    if (name.empty()) continue;
    if (lines.size() > kMostFields) {
      when.error(child.key_place, "header", fmt::format("more than {} fields", kMostFields));
      break;
    }
    const auto type = name == "list-id" ? list_id_pattern_type() : text_pattern_type();
    HeaderCondition condition{.name = name, .values = {}};
    places["header." + name] = when.read_texts(child, "header", condition.values, type, kValues);
    printed.push_back(fmt::format("{}: {}", yaml_scalar(name), yaml_list(condition.values, type)));
    header.push_back(std::move(condition));
  }
  when.note("header", fmt::format("{{{}}}", fmt::join(printed, ", ")), when.origin("header"));
}

}  // namespace

ConditionPlaces read_when(Section& stream, Conditions& conditions) {
  const Value* written = stream.ask("when");
  const bool is_empty =
      written && (written->kind == Value::Kind::nothing ||
                  (written->kind == Value::Kind::map && written->children.empty()));
  if (is_empty) {
    stream.error(written->place, "when",
                 "no conditions, which would take all mail (leave it out if that is meant)");
  }
  ConditionPlaces places;
  Section when = stream.section("when");
  read_condition(when, "sender", conditions.sender, sender_pattern_type(), places);
  read_condition(when, "from", conditions.from, address_pattern_type(), places);
  read_condition(when, "auth", conditions.auth, text_pattern_type(), places);
  read_client(when, conditions.client, places);
  read_condition(when, "listener", conditions.listener, text_pattern_type(), places);
  read_header(when, conditions.header, places);
  return places;
}

}  // namespace optout
