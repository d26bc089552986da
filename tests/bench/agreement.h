// What the milter asked for when it was negotiated with: steps left out, steps unanswered, macros.
//
// Constant after construction; shared by all connections to a milter that asks for the same each
// time.

#pragma once

#include "support/milter_protocol.h"
#include "support/postfix_macros.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace optout::bench {

// What changes from message to message, for macros.
struct Changing {
  std::string_view queue_id;  // empty until the first recipient is accepted
  std::string_view recipient;
};

class Agreement {
public:
  Agreement() = default;                        // nothing agreed yet
  explicit Agreement(std::string_view answer);  // the payload of the milter's negotiation

  bool is(std::string_view answer) const noexcept { return answer_ == answer; }

  bool shows(std::uint32_t declining_bit) const noexcept {
    return (protocol_ & declining_bit) == 0;
  }
  bool answers(std::uint32_t silent_bit) const noexcept { return (protocol_ & silent_bit) == 0; }
  bool keeps_leading_space() const noexcept {
    return (protocol_ & test::protocol::kLeadingSpace) != 0;
  }

  // Postfix sends a packet of macros before every command, even one that was declined, and even if
  // none of them has a value.
  void append_macros(std::string& out, test::MacroStage stage, test::Command command,
                     const Changing& changing) const;

private:
  struct Macro {
    std::string name;
    std::string value;
    enum class Source { constant, queue_id, recipient } source = Source::constant;
  };
  void set_macros(test::MacroStage stage, const std::vector<std::string>& names);

  std::string answer_;
  std::uint32_t protocol_ = 0;
  std::array<std::vector<Macro>, 7> macros_;  // by MacroStage
};

}  // namespace optout::bench
