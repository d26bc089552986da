#include "suppression/lookup_batch.h"

#include "suppression/evidence_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace optout {
namespace {

// A long command holds up everybody else's in Redis: a thousand members take it well under a
// millisecond.
constexpr std::size_t kMembersPerCommand = 1000;

// The usual sets stay; the sets of lists come and go with the mail, and must not pile up.
constexpr std::size_t kQuestionsKept = 64;

// Each tenant that one of the sets belongs to, and how many do: one or two of them.
using TenantSets = std::vector<std::pair<std::string_view, std::size_t>>;

std::size_t place_of(const TenantSets& tenants, std::string_view tenant) {
  const auto found = std::find_if(tenants.begin(), tenants.end(),
                                  [&](const auto& each) { return each.first == tenant; });
  return static_cast<std::size_t>(found - tenants.begin());
}

TenantSets tenants_of(std::span<const SetName> sets) {
  TenantSets tenants;
  for (const SetName& set : sets) {
    const std::size_t place = place_of(tenants, set.tenant());
    if (place == tenants.size()) tenants.emplace_back(set.tenant(), 0);
    ++tenants[place].second;
  }
  return tenants;
}

}  // namespace

void ask_for_evidence(redis::Commands& commands, const RedisSchema& schema,
                      const std::string& member, const SetName& set) {
  commands.add({"HGET", schema.entry(member, set.tenant()), set.text()});
}

EvidenceReply evidence_in(const redis::Reply& reply) {
  if (reply.is_error())
    return {.error =
                Error{redis::fault_of(reply.text()), fmt::format("evidence: {}", reply.text())}};
  if (!reply.is_string()) return {};
  return {.evidence = decode_evidence(reply.text())};
}

LookupBatch::LookupBatch(const RedisSchema& schema) : schema_(schema) {
  schema.ask_for_marker(marker_);
}

void LookupBatch::ask(std::span<Lookup* const> lookups) {
  lookups_ = lookups;
  commands_.clear();
  if (questions_.size() > kQuestionsKept) questions_.clear();
  for (Question& asked : questions_) {
    asked.members.clear();
    asked.answers.clear();
    asked.taken = 0;
    asked.failed.clear();
  }
  for (Lookup* lookup : lookups) {
    for (const SetName& set : lookup->sets) {
      Question& asked = question(set);
      for (const Spellings& recipient : lookup->recipients) {
        asked.members.insert(asked.members.end(), recipient.members.begin(),
                             recipient.members.end());
      }
    }
  }
  for (const Question& asked : questions_)
    add_commands(asked);
  for (const Lookup* lookup : lookups) {
    if (lookup->fetch == FetchEvidence::at_once) ask_for_all_evidence(*lookup);
  }
  commands_.add(marker_);
}

// A hash for each member and tenant.
void LookupBatch::ask_for_all_evidence(const Lookup& lookup) {
  const auto tenants = tenants_of(lookup.sets);
  for (const Spellings& recipient : lookup.recipients) {
    for (const std::string& member : recipient.members) {
      for (const auto& [tenant, sets] : tenants) {
        commands_.begin(2 + sets).word("HMGET").word(schema_.entry(member, tenant));
        for (const SetName& set : lookup.sets) {
          if (set.tenant() == tenant) commands_.word(set.text());
        }
      }
    }
  }
}

LookupBatch::Question& LookupBatch::question(const SetName& set) {
  // A handful of sets: a search is faster than a map.
  const auto found = std::find_if(questions_.begin(), questions_.end(),
                                  [&](const Question& q) { return q.set == set; });
  if (found != questions_.end()) return *found;
  return questions_.emplace_back(
      Question{.set = set, .key = schema_.set(set), .members = {}, .answers = {}, .failed = {}});
}

void LookupBatch::add_commands(const Question& question) {
  for (std::size_t from = 0; from < question.members.size(); from += kMembersPerCommand) {
    const std::size_t count = std::min(kMembersPerCommand, question.members.size() - from);
    const auto first = question.members.begin() + static_cast<std::ptrdiff_t>(from);
    argv_.assign({"SMISMEMBER", question.key});
    argv_.insert(argv_.end(), first, first + static_cast<std::ptrdiff_t>(count));
    commands_.add(argv_);
  }
}

Result<Done> LookupBatch::take(std::span<const redis::Reply> replies) {
  if (replies.size() != commands_.count()) {
    return Error{Fault::garbled,
                 fmt::format("{} replies to {} commands", replies.size(), commands_.count())};
  }
  if (auto error = schema_.fault_of_marker(replies.back())) return *std::move(error);
  std::size_t next = 0;
  for (Question& asked : questions_)
    read(asked, replies, next);
  std::span<const redis::Reply> evidence = replies.subspan(next);
  for (Lookup* lookup : lookups_)
    distribute(*lookup, evidence);
  return Done{};
}

void LookupBatch::read(Question& question, std::span<const redis::Reply> replies,
                       std::size_t& next) {
  const auto complain = [&](std::size_t from, Fault fault, std::string_view text) {
    question.failed.emplace_back(
        from / kMembersPerCommand,
        Error{fault, fmt::format("SMISMEMBER {}: {}", question.key, text)});
  };
  for (std::size_t from = 0; from < question.members.size(); from += kMembersPerCommand) {
    const redis::Reply& reply = replies[next++];
    const std::size_t expected = std::min(kMembersPerCommand, question.members.size() - from);
    if (reply.is_error()) {
      complain(from, redis::fault_of(reply.text()), reply.text());
    } else if (!reply.is_array() || reply.size() != expected) {
      complain(from, Fault::garbled, "a reply of the wrong shape");
    }
    for (std::size_t i = 0; i < expected; ++i) {
      const redis::Reply& answer = reply[i];
      if (!answer.is_integer() && question.error_of(from) == nullptr) {
        complain(from, Fault::garbled, "an answer that is no number");
      }
      question.answers.push_back(answer.integer() != 0);
    }
  }
}

const Error* LookupBatch::Question::error_of(std::size_t member) const noexcept {
  for (const auto& [command, error] : failed) {
    if (command == member / kMembersPerCommand) return &error;
  }
  return nullptr;
}

// Answers stand in the order in which members were asked, set by set; evidence member by member. So
// each lookup takes its share off the front.
void LookupBatch::distribute(Lookup& lookup, std::span<const redis::Reply>& evidence) {
  const bool has_evidence = lookup.fetch == FetchEvidence::at_once;
  const auto tenants = has_evidence ? tenants_of(lookup.sets) : TenantSets();
  std::vector<std::size_t> taken(tenants.size());  // sets of each tenant so far
  std::size_t replies = 0;
  for (std::size_t set = 0; set < lookup.sets.size(); ++set) {
    Question& asked = question(lookup.sets[set]);
    const auto tenant = place_of(tenants, lookup.sets[set].tenant());
    replies = 0;
    for (std::size_t recipient = 0; recipient < lookup.recipients.size(); ++recipient) {
      const std::size_t spellings = lookup.recipients[recipient].members.size();
      const Error* error = nullptr;
      for (std::size_t member = 0; member < spellings; ++member, replies += tenants.size()) {
        const std::size_t place = asked.taken++;
        if (!asked.failed.empty() && error == nullptr) error = asked.error_of(place);
        if (!asked.answers[place]) continue;
        Hit& hit = lookup.hits.emplace_back(Hit{recipient, set, member});
        if (!has_evidence) continue;
        const redis::Reply& entry = evidence[replies + tenant];
        hit.evidence = evidence_in(entry.is_error() ? entry : entry[taken[tenant]]);
      }
      if (error != nullptr) lookup.unread.push_back({recipient, set, *error});
    }
    if (has_evidence) ++taken[tenant];
  }
  if (has_evidence) evidence = evidence.subspan(replies);
  std::stable_sort(lookup.hits.begin(), lookup.hits.end(),
                   [](const Hit& a, const Hit& b) { return a.recipient < b.recipient; });
}

}  // namespace optout
