#include "util/shell_word.h"

namespace optout {

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";
  std::string word;
  for (const char c : text) {
    if (kPlain.find(c) == std::string_view::npos) word += '\\';
    word += c;
  }
  return word;
}

}  // namespace optout
