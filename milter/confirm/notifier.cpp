#include "confirm/notifier.h"

#include "confirm/mail_fields.h"
#include "confirm/smtp_submission.h"
#include "log/log.h"
#include "metrics/metric.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace optout {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{30};

std::string line(const TripNotice& notice, std::string_view result) {
  const std::string& id = notice.note.trip.message;
  return fmt::format("{}: action=notify, guard={}, sender={}, whom={}, result={}",
                     id.empty() ? std::string("NOQUEUE") : log::escaped(id, 64), notice.note.limit,
                     log::word(notice.sender), log::address(notice.address), result);
}

Result<Done> send(const TripNotice& notice, const SocketAddress& server) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return submit(server,
                {.helo = std::string(domain_of_notice(notice)),
                 .recipient = notice.address,
                 .message = to_message(notice, now, unique_text())},
                redis::Clock::now() + kPatience);
}

}  // namespace

Notifier::Notifier(Meters& meters)
    : sent_(meters.counter(metrics::kGuardNotices, {"sent"})),
      failed_(meters.counter(metrics::kGuardNotices, {"failed"})),
      dropped_(meters.counter(metrics::kGuardNotices, {"dropped"})) {}

bool Notifier::is_too_many() {
  const std::scoped_lock lock(mutex_);
  const auto now = Clock::now();
  while (!lately_.empty() && now - lately_.front() > std::chrono::hours(1))
    lately_.pop_front();
  if (lately_.size() >= kMostAnHour) return true;
  lately_.push_back(now);
  return false;
}

void Notifier::notify(const TripNotice& notice, const SocketAddress& server) {
  const auto drop = [&](const TripNotice& dropped) {
    dropped_.add();
    log::warning(line(dropped, "dropped"));
  };
  if (is_too_many()) return drop(notice);
  const auto errand = [this, notice, server] {
    Result<Done> done = Done{};
    try {
      done = send(notice, server);
    } catch (const std::exception& e) {
      done = Error{Fault::internal, e.what()};
    }
    (done ? sent_ : failed_).add();
    if (done) return log::info(line(notice, "sent"));
    log::warning(fmt::format("{}, fault={}, reason=\"{}\"", line(notice, "failed"),
                             to_string(done.error().fault),
                             log::discreet(done.error().detail, 256, notice.address)));
  };
  if (outbox_.leave(errand) != Outbox::Left::taken) drop(notice);
}

void Notifier::send_no_more() {
  const std::size_t left = outbox_.send_no_more();
  if (left == 0) return;
  dropped_.add(left);
  log::warning(fmt::format("stopping: {} mails to the administrator are not sent", left));
}

}  // namespace optout
