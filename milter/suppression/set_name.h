// Names of suppression sets, as administrators write them: global, list:<list-id>, stream:<name>,
// bounce, complaint, block. What `honours` may name (and `key:<redis key>`) is in policy/stream.h.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// Plain text inside; a type of its own so that a set is never confused with a member or a Redis
// key.
class SetName {
public:
  SetName() = default;
  explicit SetName(std::string text) : text_(std::move(text)) {}
  static SetName global() { return SetName("global"); }
  static SetName list(std::string_view list_id) { return SetName("list:" + std::string(list_id)); }
  static SetName stream(std::string_view name) { return SetName("stream:" + std::string(name)); }

  std::string_view text() const noexcept { return text_; }

  // A foreign Redis SET, honoured but never written: "key:crm:unsubscribed".
  bool is_foreign() const noexcept { return text_.starts_with("key:"); }
  std::string_view foreign_key() const noexcept { return std::string_view(text_).substr(4); }

  friend bool operator==(const SetName&, const SetName&) = default;
  friend auto operator<=>(const SetName&, const SetName&) = default;

private:
  std::string text_;
};

}  // namespace optout
