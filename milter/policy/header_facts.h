// What the header section says that policy needs: the list, the author, and whether a machine wrote
// it.
//
// Collected field by field as the MTA sends them, so nothing else of the header is kept.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace optout {

class HeaderFacts {
public:
  // `value` as libmilter gives it: unfolded or with "\n\t" folds, at most one leading space eaten.
  void add(std::string_view name, std::string_view value);

  // The List-Id, or nothing where there is none, or where there are two: then nobody can say which
  // list the message belongs to (LI-02).
  const std::optional<std::string>& list_id() const noexcept;
  // What is wrong where there was a List-Id and it named nothing; else empty.
  std::string_view why_no_list() const noexcept;

  // The address in From, as a lookup key. Nothing where there is none, or where several leave it
  // open whose mail this is (AT-19).
  const std::optional<std::string>& from() const noexcept;

  // A report or an automatic answer: multipart/report (RFC 6522), or Auto-Submitted with a keyword
  // other than "no" (RFC 3834 5).
  bool is_automatic() const noexcept { return automatic_; }

private:
  std::optional<std::string> list_id_;
  unsigned list_ids_ = 0;
  std::optional<std::string> from_;
  unsigned froms_ = 0;
  bool automatic_ = false;
};

}  // namespace optout
