// The header section of a message as an MTA keeps it, and what the edits of a filter do to it.

#pragma once

#include "address/ascii.h"
#include "unsubscribe/field_edits.h"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

struct Field {
  std::string name;
  std::string value;

  friend bool operator==(const Field&, const Field&) = default;
};

class HeaderOfAnMta {
public:
  explicit HeaderOfAnMta(std::vector<Field> fields) : fields_(std::move(fields)) {}

  ListFields seen_by_filter() const {
    ListFields fields;
    for (const Field& field : fields_)
      fields.add(field.name, field.value);
    return fields;
  }

  // One by one, indices counted anew each time. Throws where there is no such field.
  void apply(const std::vector<FieldEdit>& edits) {
    for (const FieldEdit& edit : edits) {
      if (edit.remove == 0) {
        fields_.push_back({std::string(edit.name), edit.value});
        continue;
      }
      unsigned seen = 0;
      const auto found = std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) {
        return ascii::same_ignoring_case(field.name, edit.name) && ++seen == edit.remove;
      });
      if (found == fields_.end())
        throw std::out_of_range("no such field: " + std::string(edit.name));
      fields_.erase(found);
    }
  }

  std::vector<std::string> values(std::string_view name) const {
    std::vector<std::string> found;
    for (const Field& field : fields_) {
      if (ascii::same_ignoring_case(field.name, name)) found.push_back(field.value);
    }
    return found;
  }

  const std::vector<Field>& fields() const { return fields_; }

private:
  std::vector<Field> fields_;
};

}  // namespace optout::test
