// A limit of the bulk guard: how many people a sender may mail, or of what kind, before what
// happens. Plain data, filled by config/.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// What happens beyond a limit; each takes more away from the sender than the one before.
enum class Step { warn, hold, defer, reject };
std::string_view to_string(Step step) noexcept;

enum class LimitKind {
  recipients,              // different people within the window
  recipients_per_message,  // of one message; without a window
  same_message,  // different people within the window who get the same From, Subject, List-Id
  opted_out,     // the share of opted-out people among those addressed within the window
};
std::string_view to_string(LimitKind kind) noexcept;

// Each message has a tally of its own, so these are to stay small.
inline constexpr std::uint64_t kMostOfSameMessage = 1000;

struct Limit {
  LimitKind kind = LimitKind::recipients;
  std::uint64_t most =
      0;  // that many are allowed; of opted_out: below so many the share says nothing
  unsigned percent = 0;                   // of opted_out: this share is too much
  std::chrono::seconds window{};          // zero for recipients_per_message
  bool without_list_unsubscribe = false;  // of same_message: mail with a way out is not counted
  Step then = Step::hold;

  // What it is called in Redis, log, metrics and by optoutctl: "recipients/1h". Two limits of one
  // list never have the same name.
  std::string name() const;

  friend bool operator==(const Limit&, const Limit&) = default;
};

using Limits = std::vector<Limit>;

// "90s", "15m", "1h", "2d": the largest unit that leaves no rest.
std::string window_text(std::chrono::seconds window);

// As the configuration has it: "500 per 1h", "20% of at least 50 per 1h", "100".
std::string amount_text(const Limit& limit);

}  // namespace optout
