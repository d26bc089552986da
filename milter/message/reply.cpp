#include "message/reply.h"

#include <fmt/format.h>

namespace optout {

std::string Reply::code() const {
  return refuses() ? fmt::format("{}{:02}", class_digit(), digits_) : std::string();
}

std::string Reply::enhanced() const {
  return refuses() ? fmt::format("{}.{}.{}", class_digit(), subject_, detail_) : std::string();
}

std::string Reply::text_for_libmilter() const {
  std::string line;
  for (const char c : text_) {
    const bool printable = c >= 0x20 && c < 0x7F;
    const std::string_view piece = c == '%' ? "%%" : printable ? std::string_view(&c, 1) : "?";
    if (line.size() + piece.size() > kLongestText) break;
    line += piece;
  }
  return line;
}

std::string Reply::to_string() const {
  switch (kind_) {
    case Kind::proceed:
      return "proceed";
    case Kind::accept:
      return "accept";
    case Kind::discard:
      return "discard";
    case Kind::transient:
    case Kind::permanent:
      break;
  }
  return fmt::format("{} {} {}", code(), enhanced(), text_);
}

}  // namespace optout
