#include "unsubscribe/field_edits.h"

#include "address/ascii.h"
#include "unsubscribe/list_unsubscribe_value.h"

#include <algorithm>
#include <utility>

namespace optout {
namespace {

// More than two of the longest URIs that we write. What is longer is none of ours.
constexpr std::size_t kLongestOfOurs = 4096;

// Each field taken off costs the MTA time and a message to it; nobody writes so many by mistake.
constexpr unsigned kMostEdited = 100;

bool same_uris(const std::vector<ListUri>& found, const std::vector<std::string_view>& ours) {
  return std::equal(found.begin(), found.end(), ours.begin(), ours.end(),
                    [](const ListUri& a, std::string_view b) { return a.text == b; });
}

// All `count` fields of a name but the one to keep, counted from 1; 0 keeps none.
void remove_all_but(unsigned kept, unsigned count, std::string_view name,
                    std::vector<FieldEdit>& edits) {
  for (unsigned i = count; i > 0; --i) {
    if (i != kept) edits.push_back({.name = name, .remove = i, .value = {}});
  }
}

void append(std::string_view name, std::string value, std::vector<FieldEdit>& edits) {
  edits.push_back({.name = name, .remove = 0, .value = std::move(value)});
}

}  // namespace

std::string_view to_string(FieldsOutcome outcome) noexcept {
  switch (outcome) {
    case FieldsOutcome::added:
      return "added";
    case FieldsOutcome::replaced:
      return "replaced";
    case FieldsOutcome::completed:
      return "completed";
    case FieldsOutcome::kept:
      return "kept";
  }
  return "kept";
}

void ListFields::add(std::string_view name, std::string_view value) {
  if (ascii::same_ignoring_case(name, kListUnsubscribeName)) {
    ++lists_;
    if (linked_.number != 0) return;
    std::vector<ListUri> uris = list_uris(value);
    if (!offers_a_way_out(uris)) return;
    Found found{.number = lists_, .has_link = only_https(uris) != nullptr, .uris = {}};
    if (value.size() <= kLongestOfOurs) found.uris = std::move(uris);
    if (found.has_link) linked_ = found;
    if (usable_.number == 0) usable_ = std::move(found);
  } else if (ascii::same_ignoring_case(name, kPostName)) {
    ++posts_;
    if (one_click_ == 0 && is_one_click(value)) one_click_ = posts_;
  }
}

const ListFields::Found& ListFields::best() const noexcept {
  return one_click_ != 0 && linked_.number != 0 ? linked_ : usable_;
}

std::string_view ListFields::link() const noexcept {
  const ListUri* const link = only_https(best().uris);
  return link == nullptr ? std::string_view() : std::string_view(link->text);
}

FieldPlan ListFields::plan(bool replace, const OwnFields& own) const {
  FieldPlan plan;
  if (lists_ > kMostEdited || posts_ > kMostEdited) return plan;
  std::vector<FieldEdit>& edits = plan.edits;
  edits.reserve(lists_ + posts_ + 2);
  ListUnsubscribeValue value;
  std::vector<std::string_view> ours;  // as far as it may be written; best first
  for (const std::string_view uri : {std::string_view(own.link), std::string_view(own.mailto)}) {
    if (value.add(uri)) ours.push_back(uri);
  }
  const Found& best = this->best();
  const bool keep = ours.empty() || (best.number != 0 && (!replace || same_uris(best.uris, ours)));

  if (!keep) {
    plan.outcome = lists_ == 0 ? FieldsOutcome::added : FieldsOutcome::replaced;
    remove_all_but(0, posts_, kPostName, edits);
    remove_all_but(0, lists_, kListUnsubscribeName, edits);
    append(kListUnsubscribeName, std::move(value).text(), edits);
    if (own.signed_link && ours.front() == own.link)
      append(kPostName, std::string(kPostValue), edits);
    return plan;
  }

  const bool completed = one_click_ == 0 && own.signed_link && own.wrote_link && !link().empty();
  const bool is_single = lists_ == 1 && posts_ <= 1;  // what the sender wrote so stays as it is
  unsigned kept_post = 0;                             // without a link it means nothing
  if (!completed && (is_single || best.has_link)) kept_post = std::max(one_click_, 1U);
  remove_all_but(kept_post, posts_, kPostName, edits);
  remove_all_but(std::max(best.number, 1U), lists_, kListUnsubscribeName, edits);
  if (completed) {
    plan.outcome = FieldsOutcome::completed;
    append(kPostName, std::string(kPostValue), edits);
  }
  return plan;
}

}  // namespace optout
