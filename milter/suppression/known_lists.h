// The lists that this process has noted in the Registry: so that Redis is told of a list once, not
// once a message.
//
// A list that could not be noted is tried again a minute later; the log says so each time.
//
// Threads: any, without further locking. The lock is not held while Redis is asked, so several
// threads may note the same new list at once, which is harmless. For a list that is known, readers
// share the lock, and nothing is allocated.

#pragma once

#include "suppression/registry.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

namespace optout {

class KnownLists {
public:
  using Now = std::function<Instant()>;

  static constexpr std::size_t kRemembered = 4096;
  static constexpr std::chrono::seconds kRetry{60};

  KnownLists(std::shared_ptr<Registry> registry, Now now);

  // Whether tokens may carry the reference of a list; or why not: whoever reads it could not tell
  // which list is meant.
  enum class Standing { noted, full, taken, cannot_tell };

  // What people call a list, or nothing. Asked for only until one is known, as it takes longer to
  // make out than all the rest.
  using Name = std::function<std::string()>;

  // Notes the list unless that is done. Only where it is `noted` may tokens carry the reference.
  Standing note(std::string_view tenant, std::string_view id, const Name& name,
                std::uint32_t reference);

private:
  struct Entry {
    Standing standing;
    bool named;  // another name would change nothing
    Instant asked;
  };
  using Key = std::pair<std::string, std::string>;  // tenant, id
  using View = std::pair<std::string_view, std::string_view>;
  struct Less {
    using is_transparent = void;
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const noexcept {
      return View(a.first, a.second) < View(b.first, b.second);
    }
  };

  bool still_holds(const Entry& entry) const;

  const std::shared_ptr<Registry> registry_;
  const Now now_;
  std::shared_mutex mutex_;
  std::map<Key, Entry, Less> entries_;  // guarded by mutex_
};

}  // namespace optout
