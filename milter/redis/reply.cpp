#include "redis/reply.h"

#include <utility>

namespace optout::redis {
namespace {

bool is_auth_complaint(std::string_view text) {  // how Redis before 6, and 6 itself, says WRONGPASS
  return text.starts_with("ERR invalid password") ||
         text.starts_with("ERR Client sent AUTH, but no password") ||
         text.starts_with("ERR AUTH <password> called without any password configured");
}

}  // namespace

std::int64_t Reply::integer() const noexcept {
  const auto* const number = std::get_if<std::int64_t>(&value_);
  return number != nullptr ? *number : 0;
}

std::string_view Reply::text() const noexcept {
  const auto* const text = std::get_if<std::string>(&value_);
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

std::size_t Reply::size() const noexcept {
  const auto* const elements = std::get_if<std::vector<Reply>>(&value_);
  return elements != nullptr ? elements->size() : 0;
}

const Reply& Reply::operator[](std::size_t index) const noexcept {
  static const Reply nil;
  return index < size() ? std::get_if<std::vector<Reply>>(&value_)->operator[](index) : nil;
}

Reply& Reply::append(Reply element) {
  return std::get<std::vector<Reply>>(value_).emplace_back(std::move(element));
}

Fault fault_of(std::string_view error_reply) noexcept {
  static constexpr std::pair<std::string_view, Fault> kFaults[] = {
      {"LOADING", Fault::loading},        {"BUSY", Fault::busy},
      {"READONLY", Fault::read_only},     {"OOM", Fault::out_of_memory},
      {"MISCONF", Fault::not_persisting}, {"NOAUTH", Fault::auth_required},
      {"WRONGPASS", Fault::auth_failed},  {"NOPERM", Fault::no_permission},
      {"WRONGTYPE", Fault::wrong_type},   {"MOVED", Fault::redirected},
      {"ASK", Fault::redirected},         {"TRYAGAIN", Fault::redirected},
      {"CLUSTERDOWN", Fault::redirected}, {"CROSSSLOT", Fault::redirected},
      {"MASTERDOWN", Fault::master_down},
  };
  const std::string_view code = error_reply.substr(0, error_reply.find(' '));
  for (const auto& [word, fault] : kFaults) {
    if (code == word) return fault;
  }
  if (is_auth_complaint(error_reply)) return Fault::auth_failed;
  // "EXECABORT Transaction discarded because of: READONLY You can't write against a read only
  // replica."
  constexpr std::string_view kBecause = "because of: ";
  if (code == "EXECABORT") {
    if (const auto at = error_reply.find(kBecause); at != std::string_view::npos) {
      return fault_of(error_reply.substr(at + kBecause.size()));
    }
  }
  return Fault::refused;
}

}  // namespace optout::redis
