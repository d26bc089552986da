#include "suppression/lookup_batch.h"

#include "suppression/evidence_record.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

// A long command holds up everybody else's in Redis: a thousand members take it well under a
// millisecond.
constexpr std::size_t kMembersPerCommand = 1000;

// The usual sets stay; the sets of lists come and go with the mail, and must not pile up.
constexpr std::size_t kQuestionsKept = 64;

}  // namespace

void ask_for_evidence(redis::Commands& commands, const RedisSchema& schema,
                      const std::string& member, const SetName& set) {
  commands.add({"HGET", schema.entry(member, set.tenant()), set.text()});
}

EvidenceReply evidence_in(const redis::Reply& reply) {
  if (reply.is_error())
    return {.error = Error{redis::fault_of(reply.text()), fmt::format("HGET: {}", reply.text())}};
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
    asked.error.reset();
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
    if (lookup->fetch != FetchEvidence::at_once) continue;
    for (const SetName& set : lookup->sets) {
      for (const Spellings& recipient : lookup->recipients) {
        for (const std::string& member : recipient.members)
          ask_for_evidence(commands_, schema_, member, set);
      }
    }
  }
  commands_.add(marker_);
}

LookupBatch::Question& LookupBatch::question(const SetName& set) {
  // A handful of sets: a search is faster than a map.
  const auto found = std::find_if(questions_.begin(), questions_.end(),
                                  [&](const Question& q) { return q.set == set; });
  if (found != questions_.end()) return *found;
  return questions_.emplace_back(
      Question{.set = set, .key = schema_.set(set), .members = {}, .answers = {}, .error = {}});
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
  const auto complain = [&](Fault fault, std::string_view text) {
    question.error = Error{fault, fmt::format("SMISMEMBER {}: {}", question.key, text)};
  };
  for (std::size_t from = 0; from < question.members.size(); from += kMembersPerCommand) {
    const redis::Reply& reply = replies[next++];
    const std::size_t expected = std::min(kMembersPerCommand, question.members.size() - from);
    if (reply.is_error()) {
      complain(redis::fault_of(reply.text()), reply.text());
    } else if (!reply.is_array() || reply.size() != expected) {
      complain(Fault::garbled, "a reply of the wrong shape");
    }
    for (std::size_t i = 0; i < expected; ++i) {
      const redis::Reply& answer = reply[i];
      if (!answer.is_integer() && !question.error) {
        complain(Fault::garbled, "an answer that is no number");
      }
      question.answers.push_back(answer.integer() != 0);
    }
  }
}

// Answers and evidence stand in the order in which members were asked, so each lookup takes its
// share off the front.
void LookupBatch::distribute(Lookup& lookup, std::span<const redis::Reply>& evidence) {
  const bool has_evidence = lookup.fetch == FetchEvidence::at_once;
  for (std::size_t set = 0; set < lookup.sets.size(); ++set) {
    Question& asked = question(lookup.sets[set]);
    if (asked.error) lookup.unread.push_back({set, *asked.error});
    for (std::size_t recipient = 0; recipient < lookup.recipients.size(); ++recipient) {
      const std::size_t spellings = lookup.recipients[recipient].members.size();
      for (std::size_t member = 0; member < spellings; ++member) {
        const bool is_in = asked.answers[asked.taken++];
        if (is_in && !asked.error) {
          lookup.hits.push_back({recipient, set, member,
                                 has_evidence ? evidence_in(evidence.front()) : EvidenceReply()});
        }
        if (has_evidence) evidence = evidence.subspan(1);
      }
    }
  }
  std::stable_sort(lookup.hits.begin(), lookup.hits.end(),
                   [](const Hit& a, const Hit& b) { return a.recipient < b.recipient; });
}

}  // namespace optout
