// Names of suppression sets, as administrators write them: global, list:<list-id>, stream:<name>,
// bounce, complaint, block. What `honours` may name (and `key:<redis key>`) is in policy/stream.h.

#pragma once

#include <string>
#include <string_view>

namespace optout {

// Plain text inside; a type of its own so that a set is never confused with a member or a Redis
// key. Sets of the same name that belong to different tenants are different sets (AT-27).
class SetName {
public:
  SetName() = default;
  explicit SetName(std::string text, std::string_view tenant = {})
      : text_(std::move(text)), tenant_(is_foreign() ? std::string_view{} : tenant) {}
  static SetName global() { return SetName("global"); }
  static SetName list(std::string_view list_id, std::string_view tenant = {}) {
    return SetName(std::string("list:").append(list_id), tenant);
  }
  static SetName stream(std::string_view name, std::string_view tenant = {}) {
    return SetName(std::string("stream:").append(name), tenant);
  }

  std::string_view text() const noexcept { return text_; }

  // Whose set it is: empty for the common ones, and for foreign ones.
  std::string_view tenant() const noexcept { return tenant_; }

  // A foreign Redis SET, honoured but never written: "key:crm:unsubscribed".
  bool is_foreign() const noexcept { return text_.starts_with("key:"); }
  std::string_view foreign_key() const noexcept { return std::string_view(text_).substr(4); }

  friend bool operator==(const SetName&, const SetName&) = default;
  friend auto operator<=>(const SetName&, const SetName&) = default;

private:
  std::string text_;
  std::string tenant_;
};

}  // namespace optout
