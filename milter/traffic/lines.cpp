#include "traffic/lines.h"

#include <string_view>
#include <utility>

namespace optout {

bool Lines::next() {
  if (std::exchange(again_, false)) return true;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
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
  if (++number_ == 1 && line_.starts_with(kByteOrderMark)) line_.erase(0, kByteOrderMark.size());
  if (line_.ends_with('\r')) line_.pop_back();
  return true;
}

}  // namespace optout
