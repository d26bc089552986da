// "Whoever finds it idle runs for everybody waiting": turns calls that arrive together into one
// call.
//
// submit() returns when its request has been served. The first to come becomes the leader and runs
// its own request at once; nobody ever waits for company. Whoever comes while it runs queues up,
// and when it is done the first of those is made leader and runs all of them in one batch. So a
// batch grows with the load, by itself, and each leader serves one batch, its own included: no
// thread works for others for ever.
//
// Requests live on the stacks of the waiting threads. The leader may touch those of its batch until
// it wakes their owners, one after the other and each as the last thing it does with it.
//
// Threads: submit() may be called from any thread; it does its own locking. Serving and waking are
// done without the lock: who is woken with it held wakes only to wait for it.

#pragma once

#include <semaphore.h>

#include <cstddef>
#include <mutex>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace optout::redis {

template <typename Request>
class Combiner {
public:
  // Has `run` serve `request`, called on this thread or on another caller's: all callers must pass
  // functions that do the same. `run` is given at least one request, each of them exactly once, and
  // one batch is run at a time. It must not throw, for others wait for it: a failure is part of the
  // answer.
  template <typename Run>
  void submit(Request& request, Run&& run) {
    static_assert(std::is_nothrow_invocable_v<Run&, std::span<Request* const>>,
                  "what serves a batch must be noexcept");
    Waiter self;
    std::unique_lock lock(mutex_);
    queued_.add(request, self);
    if (busy_) {
      lock.unlock();
      self.wait();
      if (self.state == State::served) return;
      lock.lock();
    }
    busy_ = true;  // for one promoted it has been true all along

    std::swap(batch_, queued_);  // both keep their memory: no allocation once warm
    lock.unlock();
    run(std::span<Request* const>(batch_.requests));
    lock.lock();

    std::vector<Waiter*> served;
    served.swap(batch_.waiters);  // batch_ is the next leader's from now on
    batch_.clear();
    Waiter* const next = queued_.waiters.empty() ? nullptr : queued_.waiters.front();
    busy_ = next != nullptr;
    lock.unlock();

    if (next != nullptr) next->wake(State::leader);  // first, as the others only have to go home
    for (Waiter* const waiter : served) {
      if (waiter != &self) waiter->wake(State::served);
    }
  }

private:
  enum class State { waiting, leader, served };

  // A semaphore of POSIX may be destroyed as soon as its waiter has returned, even while sem_post()
  // is still on its way out; neither std::condition_variable nor std::atomic promises that.
  class Waiter {
  public:
    Waiter() noexcept { ::sem_init(&woken_, 0, 0); }
    ~Waiter() { ::sem_destroy(&woken_); }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    void wait() noexcept {
      while (::sem_wait(&woken_) != 0) {  // interrupted by a signal
      }
    }
    void wake(State next) noexcept {
      state = next;
      ::sem_post(&woken_);
    }

    State state = State::waiting;  // written before the post, read after the wait

  private:
    sem_t woken_;
  };

  struct Batch {
    std::vector<Request*> requests;  // parallel to waiters
    std::vector<Waiter*> waiters;

    void add(Request& request, Waiter& waiter) {  // all or nothing
      if (requests.size() == requests.capacity()) requests.reserve(2 * requests.size() + 8);
      waiters.push_back(&waiter);
      requests.push_back(&request);
    }
    void clear() {
      requests.clear();
      waiters.clear();
    }
  };

  std::mutex mutex_;  // guards everything here; batch_ belongs to the leader while busy_
  bool busy_ = false;
  Batch queued_;
  Batch batch_;
};

}  // namespace optout::redis
