#include "traffic/lines.h"

#include "util/utf8.h"

#include <string_view>
#include <utility>

namespace optout {

bool Lines::next() {
  if (std::exchange(again_, false)) return true;
  constexpr int kEnd = std::istream::traits_type::eof();
  line_.clear();
  too_long_ = false;
  std::streambuf& text = *text_.rdbuf();
  int c = kEnd;
  bool any = false;
  try {
    for (c = text.sbumpc(); c != kEnd && c != '\n'; c = text.sbumpc()) {
      any = true;
      if (line_.size() < kLongest) {
        line_ += static_cast<char>(c);
      } else {
        too_long_ = true;
      }
    }
  } catch (const std::exception&) {  // libstdc++ throws where read(2) fails
    text_.setstate(std::ios::badbit);
    return false;
  }
  if (c == kEnd && !any) return false;
  if (++number_ == 1) line_ = without_byte_order_mark(line_);
  if (line_.ends_with('\r')) line_.pop_back();
  return true;
}

}  // namespace optout
