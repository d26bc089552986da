// streams: kinds of mail, the suppression sets each obeys, and how.

#include "config/guard_checks.h"
#include "config/honours.h"
#include "config/limits.h"
#include "config/patterns.h"
#include "config/settings.h"
#include "config/stream_checks.h"
#include "config/stream_types.h"
#include "config/unsubscribe_checks.h"
#include "config/when.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

namespace optout {
namespace {

constexpr std::size_t kMostStreams = 4096;
constexpr std::string_view kTakesTheRest = "default";

class StreamReader {
public:
  StreamReader(const StreamDefaults& defaults, const UnsubscribeOptions* unsubscribe,
               GuardMode guard, Findings& findings)
      : defaults_(defaults), unsubscribe_(unsubscribe), guard_(guard), findings_(findings) {}

  // null: the default stream as it is built in.
  void read(const Value* value, bool is_one_of_many) {
    const std::size_t errors = findings_.report.errors();
    WrittenStream written;
    Stream& stream = written.stream;
    stream.mode = defaults_.mode.value;
    stream.on_outage = defaults_.on_outage.value;
    if (value) written.place = value->place;
    Section section(value, "streams[]", findings_);
    const auto name = section.read("name", stream.name, stream_name_type());
    section.read("mode", stream.mode, run_mode_type(), defaults_.mode.origin);
    if (const Value* when = section.ask("when")) written.when = when->key_place;
    written.conditions = read_when(section, stream.when);
    if (value && value->kind == Value::Kind::map) {
      check_name(section, written, name, is_one_of_many);
    }
    section.read("tenant", stream.tenant, tenant_type());
    read_honours(section, written);
    section.read_list("recipients_only", stream.recipients_only, address_pattern_type(),
                      {.one_alone = true});
    section.read("on_opted_out", stream.on_opted_out, opted_out_type());
    read_mixed(section, stream);
    const auto outage =
        section.read("on_outage", stream.on_outage, outage_type(), defaults_.on_outage.origin);
    if (outage && stream.on_outage == OnOutage::accept) {
      section.warning(*outage, "on_outage", std::string(kAcceptWarning));
    }
    section.read("reply", stream.reply, reply_type());
    written.list_unsubscribe =
        section.read("list_unsubscribe", stream.list_unsubscribe, list_unsubscribe_type())
            .value_or(Place{});
    written.bad_token =
        section.read("bad_token", stream.bad_token, bad_token_type()).value_or(Place{});
    read_limits_of_stream(section, stream);
    if (unsubscribe_ && findings_.report.errors() == errors) {
      check_unsubscribing(written, *unsubscribe_, findings_.report);
    }
    streams_.push_back(std::move(written));
  }

  bool nobody_takes_the_rest() const {
    return std::none_of(streams_.begin(), streams_.end(),
                        [](const WrittenStream& written) { return written.stream.when.empty(); });
  }

  const std::vector<WrittenStream>& streams() const noexcept { return streams_; }

private:
  void check_name(Section& section, const WrittenStream& written, std::optional<Place> name,
                  bool is_one_of_many) {
    const bool has_conditions = written.when != Place{};
    if (!section.ask("name") && (is_one_of_many || has_conditions)) {
      section.error(written.place, "name",
                    has_conditions ? "missing (a stream with conditions needs a name)"
                                   : "missing (needed where there is more than one stream)");
    }
    if (!name) return;
    if (has_conditions && written.stream.name == kTakesTheRest) {
      section.error(written.when, "when",
                    "the stream named default takes all mail that is left, without conditions "
                    "(give this one another name)");
    }
    const auto [earlier, is_new] = lines_of_names_.emplace(written.stream.name, name->line);
    if (!is_new) {
      section.error(*name, "name",
                    fmt::format("{} is already the name of a stream, on line {}",
                                in_quotes(written.stream.name), earlier->second));
    }
  }

  void read_honours(Section& section, WrittenStream& written) {
    written.honours = section.read_list("honours", written.stream.honours, honours_type());
    const Value* list = section.ask("honours");
    if (list) written.honours_list = list->place;
    if (!list || list->kind != Value::Kind::list || !list->children.empty()) return;
    if (written.when == Place{}) {
      section.error(list->place, "honours",
                    "an empty list suppresses nothing (to try without effect, write mode: "
                    "monitor)");
    } else {
      section.warning(list->place, "honours",
                      "an empty list suppresses nothing, not even addresses that bounce "
                      "(write [bounce, block] to exempt mail from opt-outs only)");
    }
  }

  // Where it means nothing, -T does not show it.
  void read_mixed(Section& section, Stream& stream) {
    const bool has_effect =
        stream.on_opted_out == OnOptedOut::reject || stream.on_opted_out == OnOptedOut::hold;
    if (!has_effect && !section.ask("on_mixed")) return;
    const auto at = section.read("on_mixed", stream.on_mixed, mixed_type());
    if (!at || has_effect) return;
    section.warning(*at, "on_mixed",
                    fmt::format("has no effect where on_opted_out is {}",
                                opted_out_type().print(stream.on_opted_out)));
  }

  void read_limits_of_stream(Section& section, Stream& stream) {
    stream.guard = read_own_limits(section, "guard", "streams[].guard[]", true, findings_);
    section.note("guard", stream.guard ? own_limits_text(*stream.guard) : "on",
                 section.origin("guard"));
    if (stream.guard && !stream.guard->off && guard_ == GuardMode::off)
      section.warning(section.ask("guard")->place, "guard", std::string(kGuardIsOff));
  }

  const StreamDefaults& defaults_;
  const UnsubscribeOptions* const unsubscribe_;
  const GuardMode guard_;
  Findings& findings_;
  std::vector<WrittenStream> streams_;
  std::map<std::string, int> lines_of_names_;
};

}  // namespace

Type<Mode> run_mode_type() {
  return word_type<Mode>({{"enforce", Mode::enforce}, {"monitor", Mode::monitor}});
}

void read_streams(Section& root, const StreamDefaults& defaults,
                  const UnsubscribeOptions* unsubscribe, GuardMode guard,
                  std::vector<Stream>& streams, Findings& findings) {
  const std::size_t errors = findings.report.errors();
  StreamReader reader(defaults, unsubscribe, guard, findings);
  const Value* list = root.list("streams");
  const std::span<const Value> values = list ? std::span(list->children) : std::span<const Value>();
  if (list && values.empty()) {
    root.error(list->place, "streams", "an empty list (leave it out for the default stream)");
  }
  for (const Value& value : values.first(std::min(values.size(), kMostStreams)))
    reader.read(&value, values.size() > 1);
  if (reader.nobody_takes_the_rest()) reader.read(nullptr, false);
  if (values.size() > kMostStreams || reader.streams().size() > kMostStreams) {
    root.error(
        values[kMostStreams - 1].place, "streams",
        fmt::format("from here on more than {} streams, the default one included", kMostStreams));
  }
  // Of streams that cannot be understood, nothing is known of how they go together.
  if (findings.report.errors() == errors) check_streams(reader.streams(), findings.report);
  streams.clear();
  for (const WrittenStream& written : reader.streams())
    streams.push_back(written.stream);
}

}  // namespace optout
