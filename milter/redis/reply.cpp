#include "redis/reply.h"

#include <hiredis/hiredis.h>

#include <utility>

namespace optout::redis {
namespace {

bool is_auth_complaint(std::string_view text) {  // how Redis before 6, and 6 itself, says WRONGPASS
  return text.starts_with("ERR invalid password") ||
         text.starts_with("ERR Client sent AUTH, but no password") ||
         text.starts_with("ERR AUTH <password> called without any password configured");
}

}  // namespace

bool Reply::is_nil() const noexcept {
  return !reply_ || reply_->type == REDIS_REPLY_NIL;
}
bool Reply::is_error() const noexcept {
  return reply_ && reply_->type == REDIS_REPLY_ERROR;
}
bool Reply::is_integer() const noexcept {
  return reply_ && reply_->type == REDIS_REPLY_INTEGER;
}
bool Reply::is_array() const noexcept {
  return reply_ && reply_->type == REDIS_REPLY_ARRAY;
}

bool Reply::is_string() const noexcept {
  return reply_ && (reply_->type == REDIS_REPLY_STRING || reply_->type == REDIS_REPLY_STATUS);
}

std::int64_t Reply::integer() const noexcept {
  return is_integer() ? reply_->integer : 0;
}

std::string_view Reply::text() const noexcept {
  if (!is_string() && !is_error()) return {};
  return {reply_->str, reply_->len};
}

std::size_t Reply::size() const noexcept {
  return is_array() ? reply_->elements : 0;
}

Reply Reply::operator[](std::size_t index) const noexcept {
  Reply element;
  if (index < size()) {
    element.reply_ = {reply_->element[index], Free{.borrowed = true}};
  }
  return element;
}

void Reply::Free::operator()(redisReply* reply) const noexcept {
  if (!borrowed) freeReplyObject(reply);
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
