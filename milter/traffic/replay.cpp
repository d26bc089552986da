#include "traffic/replay.h"

#include "address/lookup_key.h"
#include "guard/identity.h"
#include "policy/header_facts.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace optout {
namespace {

constexpr std::uint64_t kBeyondReach = 1'000'000'000'000'000;

GuardOptions as_enforced(GuardOptions options) {
  options.mode = GuardMode::enforce;
  if (options.limits.empty()) options.limits = measuring_limits();
  return options;
}

// People of the message that the limit counts.
std::vector<Person> addressed(const PastMail& mail) {
  std::vector<Person> all = mail.people;
  for (const Person person : mail.opted_out) {
    if (!std::binary_search(mail.people.begin(), mail.people.end(), person)) all.push_back(person);
  }
  return all;
}

// As the window moves that the limit has in Redis.
WindowMoves moves_of(const Limit& limit) {
  const bool exact =
      limit.kind != LimitKind::opted_out && tally_of({}, limit.window, limit.most).exact;
  return exact ? WindowMoves::on : WindowMoves::in_leaps;
}

// How close it came to the limit, where 1 is there.
double closeness(const ReplayedLimit& result) {
  const Limit& limit = result.limit;
  const auto peak = static_cast<double>(result.peak);
  if (limit.kind != LimitKind::opted_out)
    return peak / static_cast<double>(std::max<std::uint64_t>(limit.most, 1));
  return peak * 100 / static_cast<double>(std::max<std::uint64_t>(result.peak_among, 1)) /
         std::max(limit.percent, 1U);
}

}  // namespace

Limits measuring_limits() {
  using namespace std::chrono_literals;
  return {{.kind = LimitKind::recipients, .most = kBeyondReach, .window = 1h},
          {.kind = LimitKind::recipients, .most = kBeyondReach, .window = 24h},
          {.kind = LimitKind::recipients_per_message, .most = kBeyondReach}};
}

bool is_measuring(const Limit& limit) noexcept {
  return limit.most == kBeyondReach;
}

bool TrafficReplay::Counted::is_over(MailTime now) {
  return people.count(now) + opted_out.count(now) + all_people.count(now) +
                 all_opted_out.count(now) ==
             0 &&
         tripped_until <= now && warned_until <= now;
}

TrafficReplay::TrafficReplay(std::span<const Stream> streams, GuardOptions options, Told told)
    : selector_(streams), guard_(nullptr, {}, as_enforced(std::move(options)), {}), told_(told) {}

std::optional<GuardedSender> TrafficReplay::sender_of(const PastMail& mail) const {
  const Origin& origin = mail.origin;
  Envelope envelope;
  envelope.sender = lookup_key(origin.sender).key;
  envelope.null_sender = envelope.sender == "<>";
  envelope.auth = origin.auth;
  envelope.client = origin.client;
  Selection selection(selector_, envelope);
  HeaderFacts headers;
  const auto add_field = [&](std::string_view name, std::string_view value) {
    selection.header(name, value);
    headers.add(name, value);
  };
  if (!origin.list_id.empty()) add_field("List-Id", origin.list_id);
  if (mail.has_list_unsubscribe) add_field("List-Unsubscribe", "<>");
  selection.end_of_headers(headers);
  const Stream& stream = selection.winner();
  const std::string identity =
      identity_of({.auth = origin.auth, .client = origin.client, .sender = origin.sender},
                  guard_.options().identity);
  return guard_.sender(identity, stream.name, stream.guard);
}

bool TrafficReplay::is_told(const Limit& limit) const noexcept {
  switch (limit.kind) {
    case LimitKind::recipients:
      return true;
    case LimitKind::recipients_per_message:
      return told_.messages;
    case LimitKind::same_message:
      return told_.subjects && (told_.list_unsubscribe || !limit.without_list_unsubscribe);
    case LimitKind::opted_out:
      return told_.opted_out;
  }
  return true;
}

bool TrafficReplay::applies(const Limit& limit, const PastMail& mail) const noexcept {
  if (!is_told(limit)) return false;
  if (limit.kind == LimitKind::opted_out) return true;
  if (mail.people.empty()) return false;
  if (limit.kind != LimitKind::same_message) return true;
  return mail.print && !(limit.without_list_unsubscribe && mail.has_list_unsubscribe);
}

TrafficReplay::Counted& TrafficReplay::counted(Watched& watched, const PastMail& mail) {
  const bool same = watched.result.limit.kind == LimitKind::same_message;
  if (watched.counted.size() >= watched.sweep_at) {
    for (auto entry = watched.counted.begin(); entry != watched.counted.end();)
      entry = entry->second.is_over(mail.at) ? watched.counted.erase(entry) : std::next(entry);
    watched.sweep_at = std::max(2 * watched.counted.size(), kFewest);
  }
  const Limit& limit = watched.result.limit;
  return watched.counted
      .try_emplace(same ? mail.print.value_or(0) : 0, limit.window, moves_of(limit))
      .first->second;
}

LimitStanding TrafficReplay::standing(const Limit& limit, Counted& counted, const PastMail& mail) {
  LimitStanding standing{.tripped = counted.tripped_until > mail.at,
                         .warned = counted.warned_until > mail.at};
  if (limit.kind == LimitKind::recipients_per_message) {
    standing.people = mail.people.size();
  } else if (limit.kind == LimitKind::opted_out) {
    // Both are counted in one window, which begins with the first of the people.
    if (counted.people.count(mail.at) == 0) counted.opted_out.clear();
    standing.people = counted.people.count_with(addressed(mail), mail.at);
    standing.opted_out = counted.opted_out.count_with(mail.opted_out, mail.at);
  } else {
    standing.people = counted.people.count_with(mail.people, mail.at);
  }
  return standing;
}

void TrafficReplay::note_peak(ReplayedLimit& result, Counted& counted, const PastMail& mail) {
  const bool shares = result.limit.kind == LimitKind::opted_out;
  std::uint64_t peak = mail.people.size();
  std::uint64_t among = 0;
  if (shares) {
    counted.all_people.add(addressed(mail), mail.at);
    counted.all_opted_out.add(mail.opted_out, mail.at);
    peak = counted.all_opted_out.count(mail.at);
    among = counted.all_people.count(mail.at);
    if (among < result.limit.most) return;  // so few say nothing
  } else if (result.limit.kind != LimitKind::recipients_per_message) {
    counted.all_people.add(mail.people, mail.at);
    peak = counted.all_people.count(mail.at);
  }
  const bool higher = shares ? peak * std::max<std::uint64_t>(result.peak_among, 1) >
                                   result.peak * std::max<std::uint64_t>(among, 1)
                             : peak > result.peak;
  if (result.peak_at && !higher) return;
  result.peak = peak;
  result.peak_among = among;
  result.peak_at = mail.at;
}

void TrafficReplay::note_trip(ReplayedLimit& result, Counted& counted, const PastMail& mail) {
  // Each message that is too big is stopped; it is told of once an hour.
  if (result.limit.kind == LimitKind::recipients_per_message) {
    if (counted.warned_until > mail.at) return;
    counted.warned_until = mail.at + std::chrono::hours(1);
  }
  ++result.trips;
  counted.tripped_until = mail.at + result.limit.window;
  if (!result.tripped_at) {
    result.tripped_at = mail.at;
    result.through = counted.people.count(mail.at);
  }
}

void TrafficReplay::play(const PastMail& mail) {
  ++messages_;
  auto who = sender_of(mail);
  if (!who) {
    ++not_guarded_;
    return;
  }
  const auto [known, is_new] = senders_.try_emplace(who->name);
  Sender& sender = known->second;
  if (is_new) {
    for (const Limit& limit : who->limits) {
      sender.limits.push_back(
          {.result = {.sender = who->name, .limit = limit, .is_told = is_told(limit)}});
    }
    sender.who = *std::move(who);
  }

  std::vector<Counted*> counts(sender.limits.size());
  std::vector<LimitStanding> standings(sender.limits.size());
  for (std::size_t i = 0; i < sender.limits.size(); ++i) {
    Watched& watched = sender.limits[i];
    standings[i].applies = applies(watched.result.limit, mail);
    if (!standings[i].applies) continue;
    counts[i] = &counted(watched, mail);
    standings[i] = standing(watched.result.limit, *counts[i], mail);
  }
  const GuardVerdict verdict = judge_bulk(sender.who.limits, standings, guard_.options().warn_at);

  for (const std::size_t trip : verdict.trips)
    note_trip(sender.limits[trip].result, *counts[trip], mail);
  for (const std::size_t warning : verdict.warnings)
    counts[warning]->warned_until = mail.at + sender.limits[warning].result.limit.window;
  if (verdict.stops()) sender.limits[*verdict.limit].result.stopped += mail.people.size();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == nullptr) continue;
    const LimitKind kind = sender.who.limits[i].kind;
    // Mail that is stopped counts nobody, but for how stale its list is.
    if (kind == LimitKind::opted_out) {
      counts[i]->people.add(addressed(mail), mail.at);
      counts[i]->opted_out.add(mail.opted_out, mail.at);
    } else if (kind != LimitKind::recipients_per_message && !verdict.stops()) {
      counts[i]->people.add(mail.people, mail.at);
    }
    note_peak(sender.limits[i].result, *counts[i], mail);
  }
  for (const std::size_t trip : verdict.trips) {  // what follows a trip begins anew
    counts[trip]->people.clear();
    counts[trip]->opted_out.clear();
  }
}

std::vector<ReplayedLimit> TrafficReplay::results() const {
  using Rank = std::tuple<MailTime, double, std::string_view>;
  std::vector<std::pair<Rank, const Sender*>> ranked;
  for (const auto& [name, sender] : senders_) {
    MailTime first = MailTime::max();
    double closest = 0;
    for (const Watched& watched : sender.limits) {
      first = std::min(first, watched.result.tripped_at.value_or(first));
      closest = std::max(closest, closeness(watched.result));
    }
    ranked.emplace_back(Rank(first, -closest, name), &sender);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<ReplayedLimit> results;
  for (const auto& [rank, sender] : ranked) {
    for (const Watched& watched : sender->limits)
      results.push_back(watched.result);
  }
  return results;
}

}  // namespace optout
