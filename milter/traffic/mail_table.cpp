#include "traffic/mail_table.h"

#include "address/ascii.h"
#include "traffic/mail_time.h"
#include "util/hash64.h"
#include "util/structured_field.h"
#include "util/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::array<std::string_view, 10> kColumns{
    "time",    "recipient", "sender",     "auth",      "client",
    "list_id", "subject",   "message_id", "opted_out", "list_unsubscribe"};
constexpr std::size_t kMostNamed = 20;  // columns, in a sentence

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), ascii::lower);
  return result;
}

std::optional<bool> truth_in(std::string_view text) {
  constexpr std::array<std::string_view, 5> kYes{"yes", "true", "1", "y", "t"};
  constexpr std::array<std::string_view, 6> kNo{"no", "false", "0", "n", "f", ""};
  const std::string word = lower(text);
  if (std::find(kYes.begin(), kYes.end(), word) != kYes.end()) return true;
  if (std::find(kNo.begin(), kNo.end(), word) != kNo.end()) return false;
  return std::nullopt;
}

std::string no_column(std::string_view what, const std::vector<std::string>& names) {
  const auto shown = std::span(names).first(std::min(names.size(), kMostNamed));
  return fmt::format("no column tells {} (there are: {})", what, fmt::join(shown, ", "));
}

}  // namespace

std::variant<MailTable, std::string> MailTable::with_columns(
    const std::vector<std::string>& names) {
  MailTable table;
  table.columns_ = names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto* const known =
        std::find(kColumns.begin(), kColumns.end(), lower(without_space_around(names[i])));
    if (known == kColumns.end()) continue;
    auto& at = table.at_[static_cast<std::size_t>(known - kColumns.begin())];
    if (at) return fmt::format("two columns are called {}", *known);
    at = i;
  }
  if (!table.at_[time]) return no_column("the time: call it time", names);
  if (!table.at_[recipient]) return no_column("whom the mail is for: call it recipient", names);
  if (!table.at_[sender] && !table.at_[auth] && !table.at_[client])
    return no_column("who sent it: call it auth, client or sender", names);
  return table;
}

std::variant<Delivery, std::string_view> MailTable::read(
    const std::vector<std::string>& fields) const {
  if (fields.size() != columns_) return "not as many fields as there are columns";
  const auto at = parse_mail_time(text(fields, time));
  if (!at) return "no time that can be read";
  const auto has_opted_out = truth_in(text(fields, opted_out));
  const auto has_list_unsubscribe = truth_in(text(fields, list_unsubscribe));
  if (!has_opted_out) return "opted_out is neither yes nor no";
  if (!has_list_unsubscribe) return "list_unsubscribe is neither yes nor no";
  if (text(fields, recipient).empty()) return "no recipient";
  Delivery delivery{.at = *at,
                    .seen = *at,
                    .message = std::string(text(fields, message_id)),
                    .origin = {.auth = std::string(text(fields, auth)),
                               .client = std::string(text(fields, client)),
                               .sender = std::string(text(fields, sender)),
                               .list_id = std::string(text(fields, list_id))},
                    .recipient = std::string(text(fields, recipient)),
                    .has_list_unsubscribe = *has_list_unsubscribe,
                    .opted_out = *has_opted_out};
  if (at_[subject]) delivery.print = hash64(delivery.origin.list_id, hash64(text(fields, subject)));
  return delivery;
}

Told MailTable::told() const noexcept {
  return {.messages = at_[message_id].has_value(),
          .subjects = at_[subject].has_value(),
          .list_unsubscribe = at_[list_unsubscribe].has_value(),
          .opted_out = at_[opted_out].has_value()};
}

std::string_view MailTable::text(const std::vector<std::string>& fields, Name name) const noexcept {
  const auto at = at_[name];
  if (!at) return {};
  const std::string_view field = fields[*at];
  const std::size_t begin = std::min(field.find_first_not_of(" \t"), field.size());
  return field.substr(begin, field.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace optout
