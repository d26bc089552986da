// What Redis said last about the keys of busy senders: so that the next question leaves out what
// cannot matter. Whatever is believed wrongly costs a second question, never a wrong answer.
//
// Threads: any; it does its own locking.

#pragma once

#include "guard/bit_field.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace optout {

// The list of what a sender has mailed lately.
struct ListBelief {
  std::uint64_t length = 0;
  Stamp kept = 0;  // when it was last cut to its length, and told when to expire
};

class Beliefs {
public:
  std::optional<FieldBelief> field(const std::string& key) const { return fields_.find(key); }
  std::optional<ListBelief> list(const std::string& key) const { return lists_.find(key); }

  // Nothing: it is as unknown as at first.
  void believe(const std::string& key, const std::optional<FieldBelief>& belief) {
    fields_.set(key, belief);
  }
  void believe(const std::string& key, const std::optional<ListBelief>& belief) {
    lists_.set(key, belief);
  }

private:
  template <typename Belief>
  class Table {
  public:
    std::optional<Belief> find(const std::string& key) const {
      const std::scoped_lock lock(mutex_);
      const auto found = known_.find(key);
      return found == known_.end() ? std::nullopt : std::optional(found->second);
    }
    void set(const std::string& key, const std::optional<Belief>& belief) {
      const std::scoped_lock lock(mutex_);
      if (!belief) {
        known_.erase(key);
      } else if (const auto found = known_.find(key); found != known_.end()) {
        found->second = *belief;
      } else {
        if (known_.size() >= kMost) known_.clear();  // senders come and go
        known_.emplace(key, *belief);
      }
    }

  private:
    static constexpr std::size_t kMost = 10'000;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Belief> known_;
  };

  Table<FieldBelief> fields_;
  Table<ListBelief> lists_;
};

}  // namespace optout
