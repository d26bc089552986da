#include "session/content_watch.h"

namespace optout {

void ContentWatch::seen(std::string_view listener) {
  if (!anything_missed_.load(std::memory_order_relaxed)) return;
  const std::scoped_lock lock(mutex_);
  if (const auto row = listeners_.find(listener); row != listeners_.end()) listeners_.erase(row);
  anything_missed_ = !listeners_.empty();
}

bool ContentWatch::missed(std::string_view listener, bool behind_data) {
  constexpr std::size_t kMostListeners =
      100;  // names come from the MTA's configuration, not from mail
  const std::scoped_lock lock(mutex_);
  auto row = listeners_.find(listener);
  if (row == listeners_.end()) {
    if (listeners_.size() >= kMostListeners) return false;
    row = listeners_.emplace(listener, Row{}).first;
    anything_missed_ = true;
  }
  Row& now = row->second;
  now.missed += behind_data ? kBehindData : 1;
  if (now.missed < now.tell_at) return false;
  now.tell_at *= 10;
  return true;
}

}  // namespace optout
