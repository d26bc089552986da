#include "traffic/people_window.h"

#include <algorithm>

namespace optout {

void PeopleWindow::move_to(MailTime now) {
  if (moves_ == WindowMoves::in_leaps) {
    if (!last_.empty() && began_ <= now - window_) clear();
    return;
  }
  for (; begin_ < mailed_.size() && mailed_[begin_].first <= now - window_; ++begin_) {
    const auto person = last_.find(mailed_[begin_].second);
    if (person != last_.end() && person->second == mailed_[begin_].first) last_.erase(person);
  }
  if (begin_ > mailed_.size() / 2) {
    mailed_.erase(mailed_.begin(), mailed_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
}

std::uint64_t PeopleWindow::count(MailTime now) {
  move_to(now);
  return last_.size();
}

std::uint64_t PeopleWindow::count_with(std::span<const Person> people, MailTime now) {
  const std::uint64_t there = count(now);
  const auto is_new = [this](Person person) { return !last_.contains(person); };
  return there + static_cast<std::uint64_t>(std::count_if(people.begin(), people.end(), is_new));
}

void PeopleWindow::add(std::span<const Person> people, MailTime now) {
  move_to(now);
  if (last_.empty()) began_ = now;
  for (const Person person : people) {
    last_[person] = now;
    if (moves_ == WindowMoves::on) mailed_.emplace_back(now, person);
  }
}

void PeopleWindow::clear() {
  last_.clear();
  mailed_.clear();
  begin_ = 0;
}

}  // namespace optout
