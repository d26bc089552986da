#include "mta/guarded_relay.h"

#include "mta/relay.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace optout::test {
namespace {

struct Everything {
  RedisServer redis{{"appendonly yes"}};  // keeps what it holds while it is stopped
  SmtpSink sink;
  std::map<MtaKind, GuardedRelay> relays{};
};
std::unique_ptr<Everything> everything;

SharedDir directory_for(MtaKind kind) {
  return kind == MtaKind::sendmail ? SharedDir(Sendmail::kParent) : SharedDir();
}

}  // namespace

std::ostream& operator<<(std::ostream& out, MtaKind kind) {
  return out << (kind == MtaKind::postfix ? "Postfix" : "Sendmail");
}

const std::vector<MtaKind>& each_mta() {
  static const std::vector<MtaKind> kinds = [] {
    std::vector<MtaKind> there{MtaKind::postfix};
    if (const auto reason = Sendmail::unavailable()) {
      fmt::print("skipped for Sendmail: {}\n", *reason);
    } else {
      there.push_back(MtaKind::sendmail);
    }
    return there;
  }();
  return kinds;
}

std::string guard_with(std::string_view limits) {
  return fmt::format("guard: {{ identity: [sender], limits: [ {} ] }}\n", limits);
}

GuardedRelay& GuardedRelay::begin_anew(MtaKind kind, const std::string& config) {
  if (!everything) everything = std::make_unique<Everything>();
  everything->redis.cli({"FLUSHALL"});
  everything->sink.forget();
  return begin_beside(kind, config);
}

GuardedRelay& GuardedRelay::begin_beside(MtaKind kind, const std::string& config) {
  const auto [relay, is_new] =
      everything->relays.try_emplace(kind, kind, everything->redis, everything->sink);
  relay->second.begin(config);
  return relay->second;
}

void GuardedRelay::end_all() {
  everything.reset();
}

GuardedRelay::GuardedRelay(MtaKind kind, RedisServer& its_redis, SmtpSink& its_sink)
    : redis(its_redis),
      sink(its_sink),
      directory_(directory_for(kind)),
      milter(redis, unix_socket(directory_ / "milter.sock")) {
  const std::string socket = milter.address().to_string();
  if (kind == MtaKind::postfix) {
    postfix_.emplace(PostfixOptions{.milter = socket, .next_hop = sink.port(), .parameters = {}});
  } else {
    sendmail_.emplace(SendmailOptions{.milter = socket, .next_hop = sink.port(), .lines = {}});
  }
}

// Whether a daemon answers at RCPT it agrees with the MTA at its start.
void GuardedRelay::begin(const std::string& config) {
  postfix_ ? postfix_->discard_queue() : sendmail_->discard_queue();
  milter.kill();
  milter.configure(config);
  if (const Finished init = milter.ctl({"init"}); init.exit_status != 0)
    throw std::runtime_error("optoutctl init: " + init.err);
  log_start_ = milter.log().size();
  milter.start();
}

std::uint16_t GuardedRelay::port() const {
  return postfix_ ? postfix_->port() : sendmail_->port();
}

bool GuardedRelay::settle(const Mailing& mailing) const {
  return std::all_of(mailing.begin(), mailing.end(), [&](const BulkMessage& message) {
    // Sendmail delivers before it answers.
    return !message.is_accepted() || !postfix_ || postfix_->wait_until_done(message.queue_id());
  });
}

std::vector<std::string> GuardedRelay::held(const Mailing& mailing) const {
  const std::string queue = postfix_ ? postfix_->queue() : sendmail_->quarantine();
  std::vector<std::string> held;
  for (const BulkMessage& message : mailing) {
    const std::string id = message.queue_id();
    if (!id.empty() && queue.find(postfix_ ? id + "!" : id) != std::string::npos)
      held.push_back(id);
  }
  return held;
}

void GuardedRelay::release_held() const {
  postfix_ ? postfix_->release_all() : sendmail_->release_all();
}

bool GuardedRelay::has_accepted(const std::string& id) const {
  return postfix_ ? postfix_->log().will_have(id + ": from=< (queue active)")
                  : sendmail_->log().has(id + " Message accepted for delivery");
}

std::map<std::string, std::string> GuardedRelay::newest_event() const {
  std::istringstream reply(redis.cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"}));
  std::map<std::string, std::string> event;
  std::string name;
  std::getline(reply, name);  // its id
  for (std::string value; std::getline(reply, name) && std::getline(reply, value);)
    event[name] = value;
  return event;
}

}  // namespace optout::test
