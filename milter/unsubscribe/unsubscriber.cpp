#include "unsubscribe/unsubscriber.h"

#include "suppression/digest.h"
#include "suppression/members.h"
#include "unsubscribe/set_reference.h"

#include <algorithm>
#include <chrono>

namespace optout {
namespace {

using Outcome = Unsubscribed::Outcome;

// So many are looked for in one round trip, which Redis answers in a fraction of its deadline.
constexpr std::size_t kAskedAtOnce = 5'000;

Outcome outcome_of(Recorded recorded) {
  switch (recorded) {
    case Recorded::added:
      return Outcome::added;
    case Recorded::already_there:
      return Outcome::already_there;
    case Recorded::outranked:
      return Outcome::outranked;
  }
  return Outcome::added;
}

std::string_view list_of(const SetName& set) {
  constexpr std::string_view kList = "list:";
  return set.text().starts_with(kList) ? set.text().substr(kList.size()) : std::string_view();
}

// Whether recording her in all of `sets` again would change nothing.
bool is_recorded(const Answer& answer, std::span<const SetName> sets) {
  return answer.size() == sets.size() &&
         std::all_of(answer.begin(), answer.end(), [](const Listing& listing) {
           return !listing.doubt && listing.evidence && !listing.evidence->expires;
         });
}

Instant now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::added:
      return "added";
    case Outcome::already_there:
      return "already_there";
    case Outcome::outranked:
      return "outranked";
    case Outcome::no_address:
      return "no_address";
  }
  return "no_address";
}

Unsubscriber::Unsubscriber(std::shared_ptr<SuppressionStore> store,
                           std::shared_ptr<Registry> registry, MemberOptions members,
                           std::span<const SetName> configured)
    : store_(std::move(store)),
      registry_(std::move(registry)),
      members_(std::move(members)),
      globals_{SetName::global()} {
  for (const SetName& set : configured) {
    configured_.emplace(set_reference(set), set);
    const bool is_global = set.text() == SetName::global().text();
    if (is_global && std::find(globals_.begin(), globals_.end(), set) == globals_.end())
      globals_.push_back(set);
  }
}

Result<std::vector<SetName>> Unsubscriber::sets_of(const Token& token) const {
  if (!token.scope) return std::vector{SetName::global()};
  if (const auto found = configured_.find(*token.scope); found != configured_.end())
    return std::vector{found->second};
  if (registry_) {
    auto found = registry_->set_of(*token.scope);
    if (!found) return std::move(found).error();
    if (*found) return std::vector{**std::move(found)};
  }
  return globals_;
}

Result<std::string> Unsubscriber::member_of(const Token& token) const {
  if (!token.stored) return member_to_write(token.address, members_);
  if (!registry_) return std::string();
  auto kept = registry_->member_of(*token.stored);
  if (!kept) return std::move(kept).error();
  return kept->value_or("");
}

std::vector<std::string> Unsubscriber::other_members(const Token& token,
                                                     const std::string& member) const {
  if (token.address.empty()) return {};
  std::vector<std::string> members{token.address};
  for (const auto& [number, secret] : members_.digest_keys)
    members.push_back(digest_member(number, secret, token.address));
  std::erase(members, member);
  return members;
}

bool Unsubscriber::means_another(std::uint32_t reference, const SetName& set) const {
  const auto found = configured_.find(reference);
  return found != configured_.end() && found->second != set;
}

std::vector<std::optional<Unsubscribed>> Unsubscriber::recorded_before(
    std::span<const Token> tokens, std::chrono::steady_clock::time_point until) const {
  std::vector<std::optional<Unsubscribed>> found(tokens.size());
  std::map<std::optional<std::uint32_t>, std::vector<std::size_t>> of_scope;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].stored) of_scope[tokens[i].scope].push_back(i);
  }
  for (const auto& [scope, places] : of_scope) {
    if (places.size() == 1) continue;  // recording it is as cheap
    const auto sets = sets_of(tokens[places.front()]);
    if (!sets) return found;
    for (std::size_t from = 0; from < places.size(); from += kAskedAtOnce) {
      if (std::chrono::steady_clock::now() >= until) return found;
      const auto asked =
          std::span(places).subspan(from, std::min(kAskedAtOnce, places.size() - from));
      std::vector<Spellings> members;
      for (const std::size_t place : asked)
        members.push_back({{member_to_write(tokens[place].address, members_)}});
      const auto answers = store_->find(members, *sets);
      if (!answers) return found;
      for (std::size_t i = 0; i < asked.size(); ++i) {
        if (!is_recorded((*answers)[i], *sets)) continue;
        found[asked[i]] = Unsubscribed{.outcome = Outcome::already_there,
                                       .set = sets->front(),
                                       .guessed = scope && sets->front() == SetName::global(),
                                       .member = std::move(members[i].members.front())};
      }
    }
  }
  return found;
}

Result<Unsubscribed> Unsubscriber::record(const UnsubscribeRequest& request) const {
  auto member = member_of(request.token);
  if (!member) return std::move(member).error();
  if (member->empty()) return Unsubscribed{};
  auto sets = sets_of(request.token);
  if (!sets) return std::move(sets).error();
  Unsubscribed done{.outcome = Outcome::outranked,
                    .set = sets->front(),
                    .guessed = request.token.scope && sets->front() == SetName::global(),
                    .member = *member};
  OptOut opt_out;
  opt_out.member = *member;
  opt_out.asked = request.token.issued;
  opt_out.also = other_members(request.token, *member);
  opt_out.evidence.since = now();
  opt_out.evidence.source = request.source;
  opt_out.evidence.message_id = request.message_id;
  opt_out.evidence.from = request.from;
  opt_out.evidence.by = "optout-milter";
  opt_out.evidence.token_key = request.token.key;
  for (const SetName& set : *sets) {
    opt_out.set = set;
    opt_out.evidence.list = list_of(set);
    const auto recorded = store_->record(opt_out);
    if (!recorded) return recorded.error();
    // Of several sets the best news counts; the words are in that order.
    done.outcome = std::min(done.outcome, outcome_of(*recorded));
  }
  return done;
}

}  // namespace optout
