#include "confirm/confirmer.h"

#include "confirm/smtp_submission.h"
#include "log/log.h"
#include "metrics/metric.h"

#include <fmt/format.h>

#include <cstdint>
#include <exception>
#include <random>
#include <system_error>
#include <utility>

namespace optout {
namespace {

Counter counter(Meters& meters, std::string_view result) {
  return meters.counter(metrics::kConfirmations, {result});
}

// Letters and digits that were never there before.
std::string unique() {
  std::random_device random;
  const auto number = [&] { return (std::uint64_t{random()} << 32U) | random(); };
  return fmt::format("{:016x}{:016x}", number(), number());
}

std::string line(const ConfirmationJob& job, std::string_view result) {
  return fmt::format("{}: action=confirm, whom={}, result={}",
                     job.queue_id.empty() ? std::string("NOQUEUE") : log::escaped(job.queue_id, 64),
                     log::address(job.confirmation.address), result);
}

std::string line(const ConfirmationJob& job, const Error& error) {
  return fmt::format("{}, fault={}, reason=\"{}\"", line(job, "failed"), to_string(error.fault),
                     log::escaped(error.detail));
}

}  // namespace

Confirmer::Confirmer(Meters& meters)
    : sent_(counter(meters, "sent")),
      rate_limited_(counter(meters, "rate_limited")),
      failed_(counter(meters, "failed")),
      dropped_(counter(meters, "dropped")) {}

void Confirmer::confirm(ConfirmationJob job) {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || waiting_.size() >= kMostWaiting) {
    dropped_.add();
    if (!std::exchange(full_, true)) {  // one line, not one for each
      log::warning(
          fmt::format("{}; until fewer are waiting, no more are sent (opt-outs are "
                      "recorded)",
                      line(job, "dropped")));
    }
    return;
  }
  full_ = false;
  try {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& e) {  // no more threads: no reason to defer mail
    failed_.add();
    return log::warning(line(job, Error{Fault::internal, e.what()}));
  }
  waiting_.push_back(std::move(job));
  changed_.notify_one();
}

void Confirmer::send_no_more() {
  std::size_t left = 0;
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    left = std::exchange(waiting_, {}).size();
    changed_.notify_one();
  }
  if (left == 0) return;
  dropped_.add(left);
  log::warning(fmt::format("stopping: {} confirmations are not sent", left));
}

bool Confirmer::is_sending() {
  const std::scoped_lock lock(mutex_);
  return sending_;
}

void Confirmer::stop() {
  send_no_more();
  std::thread thread;
  {
    const std::scoped_lock lock(mutex_);
    thread = std::exchange(thread_, {});
  }
  if (thread.joinable()) thread.join();
}

void Confirmer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) return;
    const ConfirmationJob job = std::move(waiting_.front());
    waiting_.pop_front();
    sending_ = true;
    lock.unlock();
    attempt(job);
    lock.lock();
    sending_ = false;
  }
}

void Confirmer::attempt(const ConfirmationJob& job) const {
  Result<bool> sent = false;
  try {
    sent = send(job);
  } catch (const std::exception& e) {
    sent = Error{Fault::internal, e.what()};
  }
  if (!sent) {
    failed_.add();
    return log::warning(line(job, sent.error()));
  }
  (*sent ? sent_ : rate_limited_).add();
  log::info(line(job, *sent ? "sent" : "rate_limited"));
}

Result<bool> Confirmer::send(const ConfirmationJob& job) const {
  const ConfirmationRoute& route = *job.route;
  const auto admitted = route.limit->admits(job.member);
  if (!admitted || !*admitted) return admitted;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto done = submit(route.server,
                           {.helo = route.domain,
                            .recipient = job.confirmation.address,
                            .message = to_message(job.confirmation, route.domain, now, unique())},
                           redis::Clock::now() + kPatience);
  if (!done) return done.error();
  return true;
}

}  // namespace optout
