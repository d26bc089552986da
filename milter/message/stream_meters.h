// The counters of one stream: for each thing that can become of a recipient or a message, one that
// is found without a search.
//
// Made with the snapshot; counts nothing where it was made by default. A monitored stream counts
// what it would have done, as "would-reject" and so on.
//
// Threads: any.

#pragma once

#include "metrics/meters.h"
#include "policy/stream.h"
#include "policy/verdict.h"
#include "unsubscribe/field_edits.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace optout {

class StreamMeters {
public:
  StreamMeters() = default;
  StreamMeters(Meters& meters, const Stream& stream);

  void recipients(Action action, std::uint64_t number = 1) const noexcept {
    recipients_[place(action)].add(number);
  }
  // Whatever became of her. Sets of lists, of streams, and of others, count as one kind each.
  void opted_out(const SetName& set) const noexcept;
  void message(Action action) const noexcept { messages_[place(action)].add(); }
  void list_fields(FieldsOutcome outcome) const noexcept {
    list_fields_[static_cast<std::size_t>(outcome)].add();
  }
  // Refused, as there was no way to unsubscribe.
  void no_way_out() const noexcept { no_way_out_.add(); }
  void unchecked(std::uint64_t number) const noexcept { unchecked_.add(number); }

private:
  static constexpr std::size_t kActions = static_cast<std::size_t>(Action::tag) + 1;
  using OfActions = std::array<Counter, kActions>;

  static constexpr std::array<std::string_view, 7> kKinds{"global", "list",  "stream", "complaint",
                                                          "bounce", "block", "key"};

  static std::size_t place(Action action) noexcept { return static_cast<std::size_t>(action); }

  OfActions recipients_;
  std::array<Counter, kKinds.size()> opted_out_;
  OfActions messages_;
  std::array<Counter, static_cast<std::size_t>(FieldsOutcome::kept) + 1> list_fields_;
  Counter no_way_out_;
  Counter unchecked_;
};

}  // namespace optout
