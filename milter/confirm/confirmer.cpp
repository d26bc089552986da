#include "confirm/confirmer.h"

#include "confirm/mail_fields.h"
#include "confirm/smtp_submission.h"
#include "log/log.h"
#include "metrics/metric.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

namespace optout {
namespace {

Counter counter(Meters& meters, std::string_view result) {
  return meters.counter(metrics::kConfirmations, {result});
}

std::string line(const ConfirmationJob& job, std::string_view result) {
  return fmt::format("{}: action=confirm, whom={}, result={}",
                     job.queue_id.empty() ? std::string("NOQUEUE") : log::escaped(job.queue_id, 64),
                     log::address(job.confirmation.address), result);
}

std::string line(const ConfirmationJob& job, const Error& error) {
  return fmt::format("{}, fault={}, reason=\"{}\"", line(job, "failed"), to_string(error.fault),
                     log::discreet(error.detail, 256, job.confirmation.address));
}

}  // namespace

Confirmer::Confirmer(Meters& meters)
    : sent_(counter(meters, "sent")),
      rate_limited_(counter(meters, "rate_limited")),
      failed_(counter(meters, "failed")),
      dropped_(counter(meters, "dropped")) {}

void Confirmer::confirm(const ConfirmationJob& job) {
  switch (outbox_.leave([this, job] { attempt(job); })) {
    case Outbox::Left::taken:
      full_ = false;
      break;
    case Outbox::Left::full:
      dropped_.add();
      if (!full_.exchange(true)) {  // one line, not one for each
        log::warning(
            fmt::format("{}; until fewer are waiting, no more are sent (opt-outs are "
                        "recorded)",
                        line(job, "dropped")));
      }
      break;
    case Outbox::Left::no_thread:
      failed_.add();
      log::warning(line(job, Error{Fault::internal, "no more threads"}));
      break;
  }
}

void Confirmer::send_no_more() {
  const std::size_t left = outbox_.send_no_more();
  if (left == 0) return;
  dropped_.add(left);
  log::warning(fmt::format("stopping: {} confirmations are not sent", left));
}

void Confirmer::stop() {
  send_no_more();
  outbox_.stop();
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
  auto admitted = route.limit->admits(job.member);
  if (!admitted || !*admitted) return admitted;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto done =
      submit(route.server,
             {.helo = route.domain,
              .recipient = job.confirmation.address,
              .message = to_message(job.confirmation, route.domain, now, unique_text())},
             redis::Clock::now() + kPatience);
  if (!done) return done.error();
  return true;
}

}  // namespace optout
