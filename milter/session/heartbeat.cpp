#include "session/heartbeat.h"

#include "log/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPace{20'000};  // without a watchdog
// Of a call on ourselves. Signals wait meanwhile; a busy machine is no dead one.
constexpr milliseconds kShortestStep{1'000};
constexpr milliseconds kLongestStep{5'000};

// Several times within the watchdog's patience, so that one bad moment does not count.
milliseconds pace_of(const ServiceManager& manager) {
  return manager.watchdog() ? std::max(*manager.watchdog() / 4, milliseconds(1)) : kPace;
}

// Where the suppression sets are asked for in vain, the word for it.
std::string redis_words(const Snapshot& snapshot) {
  const auto answer = snapshot.store->find({}, {});
  return answer ? "Redis answers"
                : fmt::format("cannot look up recipients: {}", to_string(answer.error().fault));
}

}  // namespace

std::string_view mode_of(const std::vector<Stream>& streams) {
  const auto monitored = std::count_if(streams.begin(), streams.end(), [](const Stream& stream) {
    return stream.mode == Mode::monitor;
  });
  if (monitored == 0) return "enforce";
  return monitored == std::ssize(streams) ? "monitor" : "monitor for some streams";
}

Heartbeat::Heartbeat(ServiceManager manager, SocketName listener, const CurrentSnapshot& snapshot,
                     const Activity& activity)
    : manager_(std::move(manager)),
      listener_(listener),
      snapshot_(snapshot),
      activity_(activity),
      pace_(pace_of(manager_)),
      due_(Clock::now() + pace_) {}

std::string Heartbeat::status() const {
  const auto snapshot = snapshot_.get();
  return fmt::format("serving on {}; {}; {} sessions, {} messages; {}{}",
                     snapshot->config.listen.address.to_string(), redis_words(*snapshot),
                     activity_.sessions(), activity_.messages(), mode_of(snapshot->config.streams),
                     reload_refused_ ? "; the last reload was refused, see the log" : "");
}

void Heartbeat::ready() {
  if (!manager_.is_there()) return;
  said_ = status();
  manager_.ready(said_);
}

void Heartbeat::reloading() const {
  manager_.reloading();
}

void Heartbeat::reloaded(bool taken) {
  reload_refused_ = !taken;
  ready();
}

void Heartbeat::stopping(milliseconds longest) {
  stopping_ = true;
  manager_.stopping(fmt::format("stopping: {} sessions, {} messages open", activity_.sessions(),
                                activity_.messages()),
                    longest);
}

milliseconds Heartbeat::rest() const {
  if (!manager_.is_there()) return kPace;
  const auto left = std::chrono::duration_cast<milliseconds>(due_ - Clock::now());
  return std::max(left + milliseconds(1), milliseconds(0));
}

void Heartbeat::beat() {
  if (!manager_.is_there() || Clock::now() < due_) return;
  due_ = Clock::now() + pace_;
  if (manager_.watchdog() && (stopping_ || lives())) manager_.alive();
  if (stopping_) return;
  if (std::string now = status(); now != said_) {
    manager_.status(now);
    said_ = std::move(now);
  }
}

bool Heartbeat::lives() {
  const Liveness liveness =
      call_ourselves(listener_, std::clamp(pace_, kShortestStep, kLongestStep));
  if (liveness.kind != last_) {
    switch (liveness.kind) {
      case Liveness::Kind::serving:
        log::notice("our own socket answers again");
        break;
      case Liveness::Kind::not_serving:
        log::error(fmt::format(
            "our own socket does not answer ({}): the service manager's watchdog is not fed",
            liveness.why));
        break;
      case Liveness::Kind::cannot_tell:
        log::warning(fmt::format(
            "cannot call on our own socket ({}): the watchdog only sees that the process runs",
            liveness.why));
        break;
    }
    last_ = liveness.kind;
  }
  return liveness.kind != Liveness::Kind::not_serving;
}

}  // namespace optout
