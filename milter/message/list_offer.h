// The List-Unsubscribe fields of one message that goes out: the sender's own, and those we put
// there for a stream that asks for it (list_unsubscribe).
//
// Only a message to one recipient can carry a token, as it is that recipient's (ML-10).
//
// Threads: those of the Transaction.

#pragma once

#include "message/snapshot.h"
#include "policy/stream.h"
#include "unsubscribe/field_edits.h"
#include "util/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace optout {

struct PlannedFields {
  FieldPlan plan;
  std::optional<Error> fault;  // why there is nothing to offer, though there would be
};

class ListOffer {
public:
  // Every field of the header, in order.
  void header(std::string_view name, std::string_view value);

  // What tokens in this message opt out of, as it stands in them. A list is remembered in the
  // registry when this process first sees it, so that tokens can refer to it, and people read its
  // name. Where that cannot be done, it is the stream.
  std::optional<std::uint32_t> scope(const Snapshot& snapshot, const Stream& stream,
                                     const std::optional<std::string>& list_id) const;

  // What is to be done to the fields. `recipient` is the lookup key of the only one left in the
  // message; empty where there are several, or one who is not to be offered a way out. Tokens are
  // made only where they will be written.
  PlannedFields plan(const Snapshot& snapshot, const Stream& stream,
                     std::optional<std::uint32_t> scope, std::string_view recipient) const;

  // Whether there is one in the header once that is done.
  bool has_way_out(const FieldPlan& plan) const noexcept;

private:
  // Whether the sender's link is one of ours that opts this recipient out (ML-10, OC-06).
  bool wrote_link_of(std::string_view recipient, const Snapshot& snapshot) const;

  ListFields fields_;
  std::string list_id_;  // the first field's value: what the list is called stands there
};

}  // namespace optout
