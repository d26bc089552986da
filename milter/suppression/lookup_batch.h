// Many lookups as one question to Redis: one SMISMEMBER per suppression set, whoever asks, and the
// schema marker once. A member of a batch costs Redis under a microsecond, a command of its own
// more; so evidence, an HMGET a member, is asked for only by those who cannot wait for it.
//
// The marker is asked for last: were Redis flushed in mid-batch, an empty set must not pass for
// "nobody".

#pragma once

#include "redis/commands.h"
#include "redis/reply.h"
#include "suppression/redis_schema.h"
#include "suppression/store.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout {

// What Redis said of the evidence of a hit.
struct EvidenceReply {
  std::optional<Evidence> evidence{};  // nothing for members that others added
  std::optional<Error> error{};
};

// Which spelling of which recipient is in which of the sets asked for.
struct Hit {
  std::size_t recipient;
  std::size_t set;
  std::size_t member;
  EvidenceReply evidence{};  // where it was asked for
};

// A recipient about whom there is no answer, for one spelling at least, in a set asked for.
struct Unread {
  std::size_t recipient;
  std::size_t set;
  Error error;
};

struct Lookup {
  std::span<const Spellings> recipients;
  std::span<const SetName> sets;
  FetchEvidence fetch = FetchEvidence::if_listed;
  std::vector<Hit> hits{};  // the answer, ordered by recipient, then set, then member
  std::vector<Unread> unread{};
};

// The question for the evidence of one member in one set, and what its reply says.
void ask_for_evidence(redis::Commands& commands, const RedisSchema& schema,
                      const std::string& member, const SetName& set);
EvidenceReply evidence_in(const redis::Reply& reply);

// Made to be used again: the memory of one batch serves the next.
//
// Threads: one at a time.
class LookupBatch {
public:
  // Borrows the schema, which must outlive it.
  explicit LookupBatch(const RedisSchema& schema);

  // Begins a new batch. Borrows the lookups until take().
  void ask(std::span<Lookup* const> lookups);

  const redis::Commands& commands() const noexcept { return commands_; }

  // Fills the answers of every lookup: a command that has no answer is the trouble of those whose
  // members it asks for. Or says why nobody can be told anything.
  Result<Done> take(std::span<const redis::Reply> replies);

private:
  // A Redis SET and everything the batch asks of it, in the order of lookups, recipients,
  // spellings.
  struct Question {
    SetName set;
    std::string key;
    std::vector<std::string_view> members;  // empty: not asked in this batch
    std::vector<bool> answers;
    std::size_t taken = 0;
    std::vector<std::pair<std::size_t, Error>> failed;  // commands, by number

    const Error* error_of(std::size_t member) const noexcept;
  };
  Question& question(const SetName& set);
  void add_commands(const Question& question);
  void read(Question& question, std::span<const redis::Reply> replies, std::size_t& next);
  void ask_for_all_evidence(const Lookup& lookup);
  void distribute(Lookup& lookup, std::span<const redis::Reply>& evidence);

  const RedisSchema& schema_;
  redis::Commands marker_;  // the question for it, always the same
  std::span<Lookup* const> lookups_;
  std::vector<Question> questions_;
  std::vector<std::string_view> argv_;
  redis::Commands commands_;
};

}  // namespace optout
