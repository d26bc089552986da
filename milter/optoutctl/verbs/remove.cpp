// optoutctl remove: withdraws opt-outs, which needs a reason: somebody may ask for it years later
// (LG-18).

#include "log/log.h"
#include "optoutctl/inputs.h"
#include "optoutctl/seen_lists.h"
#include "optoutctl/sets.h"
#include "optoutctl/subject.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/members.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace optout {
namespace {

constexpr int kNotListed = 1;
constexpr std::size_t kLongestBecause = 1000;
constexpr std::size_t kMostTold = 10;

class Remove final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        program.add_subcommand("remove", "Withdraw opt-outs: these recipients may be mailed again");
    verb->add_option("ADDRESS", addresses_,
                     "ann@example.com, @example.com for a whole domain, or - for stdin");
    verb->add_option("--because", because_,
                     "Required: what makes it right to mail them again; kept as evidence")
        ->type_name("TEXT");
    sets_.declare(*verb,
                  "Remove from this set: global (the default), complaint, bounce, block, "
                  "stream:NAME, list:ID",
                  "The same as --set list:ID");
    verb->add_flag("--all-sets", all_sets_,
                   "Remove from every set that the recipient is in, be they the common ones or "
                   "those of --tenant");
    verb->add_option("--by", by_, "Who removes it, for the record (default: you)")
        ->type_name("WHO");
    verb->footer(
        "Exit: 0 all removed; 1 some were not listed; 65 some are no addresses; other codes: "
        "optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    if (trimmed(because_).empty()) {
      throw wrong_usage(
          "--because is missing: why may they be mailed again?\n"
          "  try: optoutctl remove ann@example.com --because \"asked by phone, ticket 4711\"");
    }
    // Of the commands that we suggest, and of manuals.
    if (trimmed(because_) == "…" || trimmed(because_) == "...")
      throw wrong_usage("--because: write why they may be mailed again, in your words");
    if (because_.size() > kLongestBecause) {
      throw wrong_usage(fmt::format("--because: {} bytes are too many; {} are kept",
                                    because_.size(), kLongestBecause));
    }
    if (all_sets_ && sets_.given())
      throw wrong_usage("--all-sets and --set do not go together: leave one away");
    if (by_.empty()) by_ = who_runs_this();
    const std::vector<SetName> sets = sets_.to_change();
    Inputs inputs(std::move(addresses_), "remove");
    warn_of_unknown_tenant(context, context.config(), sets_.tenant());
    const auto of_lists = seen_list_sets(context, sets_.tenant());
    if (!of_lists) throw trouble_with_redis(of_lists.error(), context.config().redis);
    of_lists_ = *of_lists;

    Results results = context.results(
        {{"address"}, {"key", "address"}, {"set"}, {"result"}, {"why"}, {"tenant"}});
    int exit_code = EX_OK;
    std::optional<Error> failure;
    while (const auto input = failure ? std::nullopt : inputs.next()) {
      const Subject subject = subject_of(*input);
      if (!subject.wrong.empty()) {
        results.row({subject.typed, Cell(), Cell(), "refused", subject.wrong, tenant_cell()});
        if (context.quiet())
          context.complain(fmt::format("{}: {}", log::escaped(subject.typed), subject.wrong));
        exit_code = EX_DATAERR;
        continue;
      }
      const auto missing = remove_one(context, subject, sets, results);
      if (!missing) {
        failure = missing.error();
        results.row({subject.typed, subject.key.key, Cell(), "failed",
                     std::string(to_string(failure->fault)), tenant_cell()});
      } else if (*missing && exit_code == EX_OK) {
        exit_code = kNotListed;
      }
    }
    results.finish();
    for (const std::string& sentence : afterwards_)
      context.say(sentence);
    for (const auto& [set, count] : untold_)
      context.say(fmt::format("and {} more in {}", count, set));
    if (failure) throw trouble_with_redis(*failure, context.config().redis);
    return exit_code;
  }

private:
  Cell tenant_cell() const { return sets_.tenant().empty() ? Cell() : Cell(sets_.tenant()); }

  // Whether there was a set to remove `subject` from in which it was not.
  Result<bool> remove_one(Context& context, const Subject& subject,
                          const std::vector<SetName>& named, Results& results) {
    const Config& config = context.config();
    const auto all = listings_of(context, subject, named);
    if (!all) return all.error();
    std::vector<SetName> sets = named;
    if (all_sets_) {
      sets.clear();
      for (const Listing& listing : *all) {
        const bool known = std::find(sets.begin(), sets.end(), listing.set) != sets.end();
        const bool meant = !listing.set.is_foreign() && listing.set.tenant() == sets_.tenant();
        if (!known && meant && is_own(listing, subject, config)) sets.push_back(listing.set);
      }
    }

    bool missing = sets.empty();
    for (const SetName& set : sets) {
      bool removed = false;
      for (const std::string& member : own_members(subject.key.key, config.addresses)) {
        const auto withdrawn = context.store().withdraw(member, set, by_, because_);
        if (!withdrawn) return withdrawn.error();
        removed = removed || *withdrawn;
      }
      missing = missing || !removed;
      results.row({subject.typed, subject.key.key, std::string(set.text()),
                   removed ? "removed" : "not listed", Cell(), tenant_cell()});
    }
    if (sets.empty())
      results.row({subject.typed, subject.key.key, Cell(), "not listed", Cell(), tenant_cell()});
    note_what_remains(context, subject, *all, sets);
    return missing;
  }

  Result<std::vector<Listing>> listings_of(Context& context, const Subject& subject,
                                           const std::vector<SetName>& named) const {
    const std::vector<SetName> asked =
        together(together(together(known_sets(context.config()), named),
                          known_sets_of(sets_.tenant(), context.config())),
                 of_lists_);
    auto found =
        context.store().listings(spellings(subject.key, {}, context.config().addresses), asked);
    if (found)
      std::erase_if(*found, [](const Listing& listing) { return listing.withdrawn.has_value(); });
    return found;
  }

  static bool is_own(const Listing& listing, const Subject& subject, const Config& config) {
    const std::vector<std::string> own = own_members(subject.key.key, config.addresses);
    return std::find(own.begin(), own.end(), listing.member) != own.end();
  }

  void tell_later(const std::string& set, std::string sentence) {
    if (afterwards_.size() < kMostTold) {
      afterwards_.push_back(std::move(sentence));
    } else {
      ++untold_[set];
    }
  }

  // What still keeps mail from `subject`, and the command that would change it.
  void note_what_remains(Context& context, const Subject& subject, const std::vector<Listing>& all,
                         const std::vector<SetName>& removed_from) {
    const std::string who = log::escaped(subject.typed);
    for (const Listing& listing : all) {
      const std::string set = in_words(listing.set);
      const bool own = is_own(listing, subject, context.config());
      if (own &&
          std::find(removed_from.begin(), removed_from.end(), listing.set) != removed_from.end())
        continue;
      if (listing.set.is_foreign()) {
        tell_later(set, fmt::format("{} is still listed in {}, which others keep: remove it there",
                                    who, set));
        continue;
      }
      // By its digest a domain or a base address cannot be named, but by what was typed it can.
      const std::string how = how_matched(listing.member, subject, context.config().addresses);
      std::string target = subject.key.key;
      if (how.starts_with("domain") && !subject.whole_domain())
        target = fmt::format("@{}", subject.key.domain());
      if (how.starts_with("base")) target = without_plus_tag(subject.key.key);
      const std::string through =
          target == subject.key.key ? "" : " through " + log::escaped(target);
      tell_later(
          set,
          fmt::format(
              "{} is still listed in {}{}; to remove: {} --set {}{} --because '…' {}{}", who, set,
              through, context.command("remove"), shell_quoted(log::escaped(listing.set.text())),
              listing.set.tenant().empty() ? "" : fmt::format(" --tenant {}", listing.set.tenant()),
              target.starts_with('-') ? "-- " : "", shell_quoted(log::escaped(target))));
    }
  }

  std::vector<std::string> addresses_;
  std::string because_;
  SetFlags sets_;
  bool all_sets_ = false;
  std::string by_;
  std::vector<SetName> of_lists_;              // that somebody has left
  std::vector<std::string> afterwards_;        // what to say once the results are out: kMostTold
  std::map<std::string, std::size_t> untold_;  // and of how many more, by set
};

}  // namespace

std::unique_ptr<Verb> verb_remove() {
  return std::make_unique<Remove>();
}

}  // namespace optout
