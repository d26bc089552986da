// What is to be done to the List-Unsubscribe fields of one message: afterwards there is exactly
// one, and at most one List-Unsubscribe-Post (LH-01).
//
// The fields to remove are named one by one: an MTA asked to add a field may put it beside the old
// one (Postfix), or silently in its place (Sendmail) (LH-02).
//
// A ListFields belongs to one message, in whose thread it is used; planning changes nothing.

#pragma once

#include "unsubscribe/list_unsubscribe.h"

#include <string>
#include <string_view>
#include <vector>

namespace optout {

// What we have to offer the one recipient.
struct OwnFields {
  std::string link;          // https:, empty for none
  std::string mailto;        // mailto:, empty for none
  bool wrote_link = false;   // ListFields::link() is one of ours, and this recipient's (ML-10)
  bool signed_link = false;  // a signer behind us covers both fields, or -Post must not be (OC-05)
};

// In the order in which an MTA can be asked: indices stay right, as the last of a name goes first.
struct FieldEdit {
  std::string_view name;  // one of those in list_unsubscribe.h: a zero follows it
  unsigned remove = 0;    // which field of this name, counted from 1; 0: `value` is added
  std::string value;

  friend bool operator==(const FieldEdit&, const FieldEdit&) = default;
};

enum class FieldsOutcome {
  added,      // there was no field
  replaced,   // ours stand where the sender's stood
  completed,  // the sender wrote our link, and List-Unsubscribe-Post has come to it
  kept,       // nothing of ours was written; doubles are gone
};

struct FieldPlan {
  std::vector<FieldEdit> edits;
  FieldsOutcome outcome = FieldsOutcome::kept;
};

// The word for logs and metrics.
std::string_view to_string(FieldsOutcome outcome) noexcept;

// The fields as the sender left them. Of however many and however long ones, only the few URIs of
// the first that is of use, and of the first with a link for one click, are kept (AT-15).
class ListFields {
public:
  // Of every header field of the message, in order; other names are passed over.
  void add(std::string_view name, std::string_view value);

  // A sender's field that offers no way out ("NO", junk, nothing) counts as none (LH-15); one that
  // does goes only if `replace`, and then only for one of ours. Of several the first stays, or the
  // first for one click where List-Unsubscribe-Post promises that (OC-01). This is added to a
  // sender's field only where its link is ours, and this recipient's, for of no other do we know
  // that it takes a POST. A message with hundreds of either field is left as it is (AT-15).
  FieldPlan plan(bool replace, const OwnFields& own) const;

  // The one https URI of the field that stays if one does; empty where it has none, or is too long
  // to be one of ours. As long as no further field comes.
  std::string_view link() const noexcept;

  // Whether one of them tells a person how to unsubscribe.
  bool has_way_out() const noexcept { return usable_.number > 0; }

private:
  struct Found {
    unsigned number = 0;        // which of the fields, counted from 1; 0: none
    bool has_link = false;      // one https URI, for one click
    std::vector<ListUri> uris;  // empty if it is too long to be one of ours
  };
  const Found& best() const noexcept;

  unsigned lists_ = 0;  // fields so far
  Found usable_;        // the first with a way out
  Found linked_;        // the first with one for one click
  unsigned posts_ = 0;
  unsigned one_click_ = 0;  // which of these, counted from 1, is the first that RFC 8058 knows
};

}  // namespace optout
