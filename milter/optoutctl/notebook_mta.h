// An MTA that only writes down what it is told to do with a message, and knows no macros.

#pragma once

#include "message/mta.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace optout {

class NotebookMta final : public Mta {
public:
  std::string_view macro(const char*) override { return {}; }
  bool delete_recipient(const std::string& as_given) override {
    deleted_.push_back(as_given);
    return true;
  }
  bool add_header(const char* name, const std::string& value) override {
    added_.emplace_back(name, value);
    return true;
  }
  bool remove_header(const char* name, unsigned) override {
    removed_.push_back(name);
    return true;
  }
  bool hold(const std::string& reason) override {
    held_ = reason;
    return true;
  }

  bool has_deleted(const std::string& as_given) const {
    return std::find(deleted_.begin(), deleted_.end(), as_given) != deleted_.end();
  }
  const std::vector<std::pair<std::string, std::string>>& added() const noexcept { return added_; }
  // Names of fields, once for each.
  const std::vector<std::string>& removed() const noexcept { return removed_; }
  const std::optional<std::string>& held() const noexcept { return held_; }

private:
  std::vector<std::string> deleted_;
  std::vector<std::pair<std::string, std::string>> added_;  // header fields
  std::vector<std::string> removed_;
  std::optional<std::string> held_;  // the reason
};

}  // namespace optout
