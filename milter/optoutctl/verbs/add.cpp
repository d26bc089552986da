// optoutctl add: records opt-outs, with the evidence an administrator has for them.

#include "log/log.h"
#include "optoutctl/inputs.h"
#include "optoutctl/sets.h"
#include "optoutctl/subject.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/members.h"
#include "util/suggest.h"
#include "util/whole_number.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace optout {
namespace {

constexpr std::size_t kLongestReason = 1000;

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

Source source_from(const std::string& word) {
  constexpr std::array<std::string_view, 7> kSources{"one_click", "reply",  "page", "complaint",
                                                     "bounce",    "import", "admin"};
  const std::optional<Source> source = parse_source(word);
  if (source && *source != Source::external) return *source;
  const std::string_view meant = nearest(word, kSources);
  throw wrong_usage(fmt::format("--source {}: no such source ({})", log::escaped(word),
                                meant.empty()
                                    ? fmt::format("write one of {}", fmt::join(kSources, ", "))
                                    : fmt::format("did you mean {}?", meant)));
}

Instant date_from(std::string_view flag, const std::string& text) {
  if (const auto instant = parse_instant(text)) return *instant;
  throw wrong_usage(fmt::format("{} {}: not a date (write 2026-03-02 or 2026-03-02T10:00:00Z)",
                                flag, log::escaped(text)));
}

// "30d" from now, or a date.
Instant expiry_from(const std::string& text) {
  const auto count = whole_number<unsigned>(std::string_view(text).substr(0, text.rfind('d')));
  if (count && text.ends_with('d')) {
    constexpr unsigned kLongest = 36500;  // a hundred years
    if (*count == 0 || *count > kLongest) {
      throw wrong_usage(fmt::format("--expires {}: write 1d to {}d", log::escaped(text), kLongest));
    }
    return now() + std::chrono::days(*count);
  }
  const Instant instant = date_from("--expires", text);
  if (instant <= now())
    throw wrong_usage(fmt::format("--expires {}: that is past", log::escaped(text)));
  return instant;
}

class Add final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = program.add_subcommand("add", "Record that recipients have opted out");
    verb->add_option("ADDRESS", addresses_,
                     "ann@example.com, @example.com for a whole domain, or - for stdin");
    sets_.declare(
        *verb,
        "Add to this set: global (the default), complaint, bounce, block, stream:NAME, list:ID",
        "The same as --set list:ID");
    verb->add_option("--reason", reason_, "Why, in your words; kept as evidence")
        ->type_name("TEXT");
    verb->add_option("--source", source_,
                     "How it reached us: admin (the default), import, reply, page, one_click, "
                     "complaint, bounce")
        ->type_name("SOURCE");
    verb->add_option("--since", since_, "When they opted out (default: now), as 2026-03-02")
        ->type_name("DATE");
    verb->add_option("--expires", expires_,
                     "Until when it counts, as 30d or a date; only for --set bounce")
        ->type_name("WHEN");
    verb->add_flag("--raw", raw_, "Add what is not well-formed, too, as it stands");
    verb->add_option("--by", by_, "Who records it (default: you)")->type_name("WHO");
    verb->footer(
        "Adding twice is harmless: the earlier evidence stands.\n"
        "Exit: 0 all are in; 65 some were refused, the others are in; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::vector<SetName> sets = sets_.to_change();
    const Evidence evidence = evidence_for(sets);
    Inputs inputs(std::move(addresses_), "add");
    warn_of_unheeded(context, sets);
    SuppressionStore& store = context.store();
    const MemberOptions& members = context.config().addresses;

    Results results = context.results(
        {{"address"}, {"key", "address"}, {"set"}, {"result"}, {"why"}, {"tenant"}});
    const Cell tenant = sets_.tenant().empty() ? Cell() : Cell(sets_.tenant());
    Tally tally;
    std::optional<Error> failure;
    while (const auto input = failure ? std::nullopt : inputs.next()) {
      const Subject subject = subject_of(*input);
      const Reviewed reviewed = raw_ ? Reviewed::yes : Reviewed::no;
      if (const std::string why = unfit(subject, reviewed); !why.empty()) {
        ++tally.refused;
        tally.could_be_raw = tally.could_be_raw || unfit(subject, Reviewed::yes).empty();
        results.row({subject.typed, Cell(), Cell(), "refused", why, tenant});
        if (context.quiet())
          context.complain(fmt::format("{}: {}", log::escaped(subject.typed), why));
        continue;
      }
      for (const SetName& set : sets) {
        OptOut opt_out{member_to_write(subject.key.key, members), set, evidence};
        if (set.text().starts_with("list:")) opt_out.evidence.list = set.text().substr(5);
        const auto recorded = store.record(opt_out);
        if (!recorded) {
          failure = recorded.error();
          results.row({subject.typed, subject.key.key, std::string(set.text()), "failed",
                       std::string(to_string(failure->fault)), tenant});
          break;
        }
        const bool added = *recorded == Recorded::added;
        ++(added ? tally.added : tally.already);
        results.row({subject.typed, subject.key.key, std::string(set.text()),
                     added ? "added" : "already", Cell(), tenant});
      }
    }
    results.finish();
    if (!failure || tally.added + tally.already + tally.refused != 0)
      context.say(tally.to_string());
    if (tally.could_be_raw) {
      context.say(
          "note: what is not well-formed but gets mail all the same is added as it stands with "
          "--raw");
    }
    if (failure) {
      const Trouble trouble = trouble_with_redis(*failure, context.config().redis);
      throw Trouble(trouble.exit_code(),
                    fmt::format("{}\n  then run the same command again: adding twice is harmless",
                                trouble.what()));
    }
    return tally.refused == 0 ? EX_OK : EX_DATAERR;
  }

private:
  struct Tally {
    std::size_t added = 0;
    std::size_t already = 0;
    std::size_t refused = 0;
    bool could_be_raw = false;  // one of those

    std::string to_string() const {
      std::string text = fmt::format("{} added", added);
      if (already != 0) text += fmt::format(", {} there already", already);
      if (refused != 0) text += fmt::format(", {} refused", refused);
      return text;
    }
  };

  Evidence evidence_for(const std::vector<SetName>& sets) const {
    Evidence evidence;
    evidence.source = source_from(source_);
    evidence.since = since_.empty() ? now() : date_from("--since", since_);
    if (evidence.since > now())
      throw wrong_usage(fmt::format("--since {}: that is to come", log::escaped(since_)));
    if (reason_.size() > kLongestReason) {
      throw wrong_usage(fmt::format("--reason: {} bytes are too many; {} are kept", reason_.size(),
                                    kLongestReason));
    }
    evidence.reason = reason_;
    evidence.by = by_.empty() ? who_runs_this() : by_;
    if (!expires_.empty()) {
      const bool only_bounces = std::all_of(
          sets.begin(), sets.end(), [](const SetName& set) { return set.text() == "bounce"; });
      if (!only_bounces) {
        throw wrong_usage(
            "--expires: only bounces expire, opt-outs never do\n  leave it away, or say --set "
            "bounce");
      }
      evidence.expires = expiry_from(expires_);
    }
    return evidence;
  }

  // A set that no stream honours stops no mail: most likely a slip of the pen.
  static void warn_of_unheeded(Context& context, const std::vector<SetName>& sets) {
    const auto honours = [](const Stream& stream, const SetName& set) {
      if (stream.tenant != set.tenant()) return false;
      return std::any_of(
          stream.honours.begin(), stream.honours.end(), [&](const std::string& honoured) {
            return honoured == set.text() ||
                   (honoured == "list" && set.text().starts_with("list:")) ||
                   (honoured == "stream" && set.text() == SetName::stream(stream.name).text());
          });
    };
    for (const SetName& set : sets) {
      const auto& streams = context.config().streams;
      if (std::none_of(streams.begin(), streams.end(),
                       [&](const Stream& s) { return honours(s, set); })) {
        context.say(fmt::format(
            "note: no stream in the configuration honours {}, so it stops no mail as yet",
            in_words(set)));
      }
    }
  }

  std::vector<std::string> addresses_;
  SetFlags sets_;
  std::string reason_;
  std::string source_ = "admin";
  std::string since_;
  std::string expires_;
  std::string by_;
  bool raw_ = false;
};

}  // namespace

std::unique_ptr<Verb> verb_add() {
  return std::make_unique<Add>();
}

}  // namespace optout
