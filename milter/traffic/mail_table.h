// Past traffic as a table: a line of column names, and then a record for each recipient.
//
// Needed are the columns `time`, `recipient`, and one that tells who sent: `sender`, `auth`,
// `client`. Known besides: `list_id`, `subject`, `message_id`, `opted_out`, `list_unsubscribe`
// (these two: yes or no). Whatever else there is, is passed over.

#pragma once

#include "traffic/csv.h"
#include "traffic/delivery.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace optout {

class MailTable {
public:
  // The columns that `names` are; a sentence where they are not those of such a table.
  static std::variant<MailTable, std::string> with_columns(const std::vector<std::string>& names);

  // What the record tells, or why it makes no sense.
  std::variant<Delivery, std::string_view> read(const std::vector<std::string>& fields) const;

  Told told() const noexcept;

private:
  enum Name {
    time,
    recipient,
    sender,
    auth,
    client,
    list_id,
    subject,
    message_id,
    opted_out,
    list_unsubscribe,
    kNames
  };

  std::string_view text(const std::vector<std::string>& fields, Name name) const noexcept;

  std::array<std::optional<std::size_t>, kNames> at_{};
  std::size_t columns_ = 0;
};

}  // namespace optout
