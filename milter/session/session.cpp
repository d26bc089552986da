#include "session/session.h"

#include "log/log.h"
#include "message/replies.h"

#include <fmt/format.h>

#include <atomic>
#include <random>

namespace optout {
namespace {

// Unique for as long as anybody greps: counts from a random start.
std::string next_session_id() {
  static std::atomic<std::uint32_t> last{std::random_device{}()};
  return fmt::format("{:08x}", last.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace

Session::Session(const CurrentSnapshot& snapshot, Activity& activity, ContentWatch& content_watch,
                 bool recipients_answered)
    : snapshot_(snapshot),
      activity_(activity),
      ticket_(activity.session()),
      recipients_answered_(recipients_answered),
      id_(next_session_id()),
      content_watch_(content_watch) {}

void Session::mail(std::string_view sender, Mta& mta) {
  if (transaction_) transaction_->give_up(mta);
  transaction_.reset();
  content_due_ = false;
  content_seen_ = false;
  listener_ = mta.macro("{daemon_name}");
  // Of mail that came not by SMTP, Postfix says port 0; a real listener always has a port.
  MailFacts facts{.sender = std::string(sender),
                  .auth = std::string(mta.macro("{auth_authen}")),
                  .client = std::string(mta.macro("{client_addr}")),
                  .listener = listener_,
                  .session_id = id_,
                  .pickup = mta.macro("{daemon_port}") == "0",
                  .recipients_answered = recipients_answered_};
  transaction_.emplace(snapshot_.get(), std::move(facts), activity_);
}

Reply Session::recipient(std::string_view as_given, Mta& mta) {
  return transaction_ ? transaction_->recipient(as_given, mta) : replies::internal_error();
}

Reply Session::data(Mta& mta) {
  if (!transaction_) return replies::internal_error();
  content_due_ = true;
  Reply reply = transaction_->data(mta);
  if (reply.kind() == Reply::Kind::accept) transaction_.reset();
  return reply;
}

void Session::content_follows() {
  content_due_ = true;
  if (transaction_) transaction_->look_ahead();
}

void Session::header(std::string_view name, std::string_view value) {
  content_seen_ = true;
  if (transaction_) transaction_->header(name, value);
}

Reply Session::end_of_message(Mta& mta) {
  if (!transaction_) return replies::internal_error();
  Reply reply = transaction_->end_of_message(mta);
  transaction_.reset();
  content_watch_.seen(listener_);
  return reply;
}

void Session::abort(Mta& mta) {
  note_missed_content();
  if (transaction_) transaction_->give_up(mta);
  transaction_.reset();
}

Session::~Session() {
  try {
    note_missed_content();
  } catch (...) {  // no memory for a line in the log
  }
}

// Recipients were let in, and all ended before anything of the content came.
void Session::note_missed_content() {
  if (content_seen_ || !transaction_ || !transaction_->has_recipients()) return;
  if (!content_watch_.missed(listener_, content_due_)) return;
  log::warning(fmt::format(
      "listener {}: message after message ended before its content was shown to us, so that its "
      "recipients could not be decided about; is smtpd_proxy_filter set there? (optout-milter(8), "
      "PLACEMENT)",
      log::escaped(listener_)));
}

void Session::spoil() noexcept {
  // Where MAIL itself failed there is no transaction, and every later step is an internal error.
  if (transaction_) transaction_->spoil();
}

}  // namespace optout
