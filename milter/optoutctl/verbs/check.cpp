// optoutctl check: who is listed, where, since when, and says who.
//
// Its exit code answers for scripts: 0 somebody is listed, 1 nobody is, 64 and more "cannot tell".

#include "log/log.h"
#include "optoutctl/inputs.h"
#include "optoutctl/seen_lists.h"
#include "optoutctl/sets.h"
#include "optoutctl/subject.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/members.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <chrono>

namespace optout {
namespace {

constexpr int kNobodyListed = 1;

Cell text_or_nothing(const std::string& text) {
  return text.empty() ? Cell() : Cell(text);
}

class Check final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        program.add_subcommand("check", "Tell who has opted out, of what, since when and why");
    verb->add_option("ADDRESS", addresses_,
                     "ann@example.com, @example.com for a whole domain, or - for stdin");
    sets_.declare(
        *verb,
        "Ask for this set as well: the list:ID of a list that has not been seen yet, or a "
        "key:NAME that no stream honours",
        "The same as --set list:ID");
    verb->footer(
        "Exit: 0 at least one is listed; 1 none is; 65 some are no well-formed addresses; other "
        "codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::vector<SetName> extra = sets_.named();
    Inputs inputs(std::move(addresses_), "check");
    SuppressionStore& store = context.store();
    const Config& config = context.config();
    const std::string& tenant = sets_.tenant();
    warn_of_unknown_tenant(context, config, tenant);
    const auto of_lists = seen_list_sets(context, tenant);
    std::optional<Error> failure;  // after which nobody is asked about any more, but all are told
    if (!of_lists) failure = of_lists.error();
    const std::vector<SetName> asked = together(
        together(tenant.empty() ? known_sets(config) : known_sets_of(tenant, config), extra),
        of_lists ? *of_lists : std::vector<SetName>());

    Results results = context.results({{"address"},
                                       {"key", "address"},
                                       {"listed"},
                                       {"set"},
                                       {"since"},
                                       {"source"},
                                       {"reason"},
                                       {"by"},
                                       {"expires"},
                                       {"list"},
                                       {"message_id"},
                                       {"member", "key"},
                                       {"matched"},
                                       {"note"},
                                       {"tenant"},
                                       {"from"},
                                       {"token_key"}});
    bool somebody = false;
    bool cannot_tell = false;
    while (const auto input = inputs.next()) {
      const Subject subject = subject_of(*input);
      const bool never_listed = subject.key.status == KeyStatus::null_sender ||
                                subject.key.status == KeyStatus::postmaster;
      if (!subject.wrong.empty() && !never_listed) {
        cannot_tell = true;
        results.row(row_of(subject, Cell(), subject.wrong));
        if (context.quiet())
          context.complain(fmt::format("{}: {}", log::escaped(subject.typed), subject.wrong));
        continue;
      }
      const auto found = [&]() -> Result<std::vector<Listing>> {
        if (never_listed) return std::vector<Listing>();
        if (failure) return *failure;
        return store.listings(spellings(subject.key, subject.typed, config.addresses), asked);
      }();
      if (!found) {
        failure = found.error();
        results.row(row_of(subject, Cell(), std::string(to_string(failure->fault))));
        continue;
      }
      bool told = false;
      bool counted = false;
      // What is no well-formed address is looked up as it stands, as it may be in a set like that.
      // That it is not says nothing of the person who is meant.
      const std::string doubt = unfit(subject);
      std::string note = doubt;  // for the row of whom no set has
      for (const Listing& listing : *found) {
        const bool of_others = listing.set.tenant() != tenant && !listing.set.is_foreign();
        if (!tenant.empty() && of_others) continue;  // the store tells of the common ones, too
        if (listing.withdrawn) {
          note = note.empty() ? words_of(listing) : fmt::format("{}; {}", note, words_of(listing));
          continue;
        }
        told = true;
        const bool counts = !listing.evidence || !listing.evidence->expired_at(now_);
        counted = counted || counts;
        results.row(row_of(subject, listing, counts, config.addresses));
      }
      somebody = somebody || counted;
      const bool unclear = !counted && !never_listed && !doubt.empty();
      cannot_tell = cannot_tell || unclear;
      if (!told) results.row(row_of(subject, unclear ? Cell() : Cell(false), note));
      if (unclear && context.quiet())
        context.complain(fmt::format("{}: {}", log::escaped(subject.typed), doubt));
    }
    results.finish();
    if (failure) throw trouble_with_redis(*failure, config.redis);
    if (cannot_tell) return EX_DATAERR;
    return somebody ? EX_OK : kNobodyListed;
  }

private:
  static Row row_of(const Subject& subject, Cell listed, const std::string& note) {
    return {subject.typed,
            text_or_nothing(subject.key.key),
            std::move(listed),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            Cell(),
            text_or_nothing(note),
            Cell(),
            Cell(),
            Cell()};
  }

  static Row row_of(const Subject& subject, const Listing& listing, bool counts,
                    const MemberOptions& options) {
    const Evidence evidence = listing.evidence.value_or(Evidence{});
    const bool known = listing.evidence.has_value();
    std::string note;
    if (!known) note = "put there by others, without evidence";
    if (!counts) note = "expired, does not count";
    return {subject.typed,
            subject.key.key,
            counts,
            std::string(listing.set.text()),
            known ? Cell(to_string(evidence.since)) : Cell(),
            std::string(to_string(evidence.source)),
            text_or_nothing(evidence.reason),
            text_or_nothing(evidence.by),
            evidence.expires ? Cell(to_string(*evidence.expires)) : Cell(),
            text_or_nothing(evidence.list),
            text_or_nothing(evidence.message_id),
            listing.member,
            how_matched(listing.member, subject, options),
            text_or_nothing(note),
            text_or_nothing(std::string(listing.set.tenant())),
            text_or_nothing(evidence.from),
            evidence.token_key != 0 ? Cell(fmt::format("{}", evidence.token_key)) : Cell()};
  }

  // "withdrawn from global 2026-11-20 by root: asked to come back"
  static std::string words_of(const Listing& listing) {
    const Withdrawal& withdrawal = *listing.withdrawn;
    const std::string since = to_string(withdrawal.since);
    std::string words = fmt::format("withdrawn from {} {}", in_words(listing.set),
                                    since.substr(0, since.find('T')));
    if (!withdrawal.by.empty()) words += fmt::format(" by {}", withdrawal.by);
    if (!withdrawal.reason.empty()) words += fmt::format(": {}", withdrawal.reason);
    return words;
  }

  std::vector<std::string> addresses_;
  SetFlags sets_;
  const Instant now_ = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
};

}  // namespace

std::unique_ptr<Verb> verb_check() {
  return std::make_unique<Check>();
}

}  // namespace optout
