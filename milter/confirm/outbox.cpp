#include "confirm/outbox.h"

#include <system_error>
#include <utility>

namespace optout {

Outbox::Left Outbox::leave(std::function<void()> errand) {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || waiting_.size() >= kMostWaiting) return Left::full;
  try {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {  // no more threads: no reason to defer mail
    return Left::no_thread;
  }
  waiting_.push_back(std::move(errand));
  changed_.notify_one();
  return Left::taken;
}

std::size_t Outbox::send_no_more() {
  const std::scoped_lock lock(mutex_);
  stopping_ = true;
  changed_.notify_one();
  return std::exchange(waiting_, {}).size();
}

bool Outbox::is_sending() {
  const std::scoped_lock lock(mutex_);
  return sending_;
}

void Outbox::stop() {
  send_no_more();
  std::thread thread;
  {
    const std::scoped_lock lock(mutex_);
    thread = std::exchange(thread_, {});
  }
  if (thread.joinable()) thread.join();
}

void Outbox::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const std::function<void()> errand = std::move(waiting_.front());
    waiting_.pop_front();
    sending_ = true;
    lock.unlock();
    errand();
    lock.lock();
    sending_ = false;
  }
}

}  // namespace optout
