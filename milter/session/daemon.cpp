#include "session/daemon.h"

#include "log/log.h"
#include "session/callbacks.h"
#include "session/passed_socket.h"
#include "session/read_ahead.h"
#include "suppression/eviction.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <libmilter/mfapi.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace optout {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long a stop waits: first serving as ever, then sending new messages away. Together, and with
// Confirmer::kPatience, below what service managers grant (systemd: 90 s unless told otherwise;
// TimeoutStopSec in our unit).
constexpr milliseconds kServeOn{3'000};
constexpr milliseconds kLastMessages{20'000};
constexpr milliseconds kToArrive{20};  // of that, for who may be on the way from accept(2)
constexpr milliseconds kToSpeak{500};  // ... and for who has connected and said nothing
constexpr milliseconds kToEnd{5'000};  // whatever else a stop does

sigset_t our_signals() {
  sigset_t signals{};
  sigemptyset(&signals);
  for (const int number : {SIGHUP, SIGUSR1, SIGTERM, SIGINT})
    sigaddset(&signals, number);
  return signals;
}

// The next of our signals, or 0 when none came in time.
int next_signal(milliseconds longest) {
  const sigset_t signals = our_signals();
  const timespec wait{.tv_sec = longest.count() / 1000,
                      .tv_nsec = (longest.count() % 1000) * 1'000'000};
  const int signal = ::sigtimedwait(&signals, nullptr, &wait);
  return signal > 0 ? signal : 0;
}

// At the soft limit libmilter's accept loop spins and serves nobody, without a word.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warning("cannot raise the limit of open files");
}

// libmilter starts and ends threads nearly with every command. glibc keeps up to 40 MiB of stacks
// for the next ones: with 8 MiB each, nearly every thread would have to be given a new one. And
// threads that come and go need no heaps of their own.
void make_threads_cheap() {
#ifndef __SANITIZE_THREAD__  // which keeps more than this beside each stack
  constexpr std::size_t kStack =
      std::size_t{512} * 1024;  // the deepest callback needs a tenth of it
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  if (::pthread_attr_setstacksize(&attributes, kStack) == 0) {
    ::pthread_setattr_default_np(&attributes);
  }
  ::pthread_attr_destroy(&attributes);
#endif
  ::mallopt(M_ARENA_MAX, 2);
}

}  // namespace

Daemon::Daemon(Config config, DaemonOptions options)
    : options_(std::move(options)),
      negotiation_(negotiation_for(config)),
      listener_(config.listen, take_passed_socket(config.listen)) {
  // Before the first thread, so that all of them leave our signals to this one; and before anybody
  // can know that we are here, and send us one: it waits until we can act upon it.
  const sigset_t signals = our_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto metrics = config.metrics.listen;
  snapshot_.set(make_snapshot(std::move(config), nullptr, meters_));
  register_callbacks(snapshot_, activity_, content_watch_, negotiation_);
  listener_.lend_to_libmilter();  // which may look for its socket among all that there are
  open_metrics(metrics);
  // Whoever goes to the background has left those who started him: they are told nothing.
  heartbeat_.emplace(options_.foreground ? ServiceManager::of_environment() : ServiceManager(),
                     listener_.name(), snapshot_, activity_);
}

void Daemon::open_metrics(const std::optional<SocketAddress>& address) {
  meters_.gauge(metrics::kSessions, [this] { return activity_.sessions(); });
  meters_.gauge(metrics::kMessagesOpen, [this] { return activity_.messages(); });
  configured();
  meters_.gauge(metrics::kReloadSuccessful, [this] { return last_reload_was_taken_ ? 1 : 0; });
  meters_.gauge(metrics::kConfigLoaded, [this] { return static_cast<double>(configured_at_); });
  if (address) metrics_server_.emplace(*address, [this] { return meters_.text(); });
}

void Daemon::configured() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  configured_at_ = std::chrono::floor<std::chrono::seconds>(now).count();
}

void Daemon::run() {
  if (!options_.pid_file.empty() && !std::ofstream(options_.pid_file, std::ios::app)) {
    throw std::runtime_error(fmt::format("cannot write the pid file {}", options_.pid_file));
  }
  if (!options_.foreground) detach();
  if (!options_.pid_file.empty()) std::ofstream(options_.pid_file) << ::getpid() << '\n';
  raise_descriptor_limit();
  make_threads_cheap();
  start_serving();
  say_whether_redis_answers();
  keep_informed([this] { heartbeat_->ready(); });
  for (;;) {
    const int signal = next_signal(heartbeat_->rest());
    keep_informed([this] { heartbeat_->beat(); });
    switch (signal) {
      case SIGHUP:
      case SIGUSR1:
        try_to_reload();
        break;
      case SIGTERM:
      case SIGINT:
        drain();
        end(EX_OK);
      default:
        break;
    }
  }
}

// Our threads are many and use what this object owns: nothing may be thrown out of run().
template <typename Tell>
void Daemon::keep_informed(Tell tell) noexcept {
  try {
    tell();
  } catch (const std::exception& e) {
    log::error(fmt::format("cannot tell the service manager: {}", e.what()));
  }
}

void Daemon::detach() const {
  const pid_t child = ::fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child > 0) ::_exit(EX_OK);
  ::setsid();
  if (::chdir("/") != 0) log::warning("cannot leave the working directory");
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    ::dup2(null, fd);
  if (null > STDERR_FILENO) ::close(null);
}

void Daemon::start_serving() {
  if (metrics_server_) {
    survey_.start();
    metrics_server_->serve();
    log::notice(fmt::format("metrics on {}", metrics_server_->address()));
  }
  const auto snapshot = snapshot_.get();
  log::notice(fmt::format("serving on {}{}, mode {}", snapshot->config.listen.address.to_string(),
                          listener_.was_passed() ? ", the socket that was passed" : "",
                          mode_of(snapshot->config.streams)));
  std::thread([this] {
    // Comes back only when it cannot serve: stopping is ours (drain), and libmilter never hears of
    // it.
    smfi_main();
    log::error("libmilter has stopped serving (syslog says why)");
    end(EX_SOFTWARE);
  }).detach();
}

void Daemon::say_whether_redis_answers() const {
  const auto snapshot = snapshot_.get();
  if (const auto policy = evicting_policy(*snapshot->executor); policy && *policy) {
    log::error(fmt::format(
        "Redis may evict opt-outs when its memory is full (maxmemory-policy {}), and then mail "
        "would go to people who have opted out; set noeviction",
        log::escaped(**policy)));
  }
  if (snapshot->guard) (void)snapshot->guard->guard.set_clock();  // or the first message does
  const auto answer = snapshot->store->find({}, {});
  if (answer) return log::notice("the suppression sets are there");
  log::warning(fmt::format("cannot look up recipients now: fault={}, reason=\"{}\"",
                           to_string(answer.error().fault), log::escaped(answer.error().detail)));
}

void Daemon::try_to_reload() noexcept {
  keep_informed([this] { heartbeat_->reloading(); });
  bool taken = false;
  try {
    taken = reload();
  } catch (const std::exception& e) {
    log::error(
        fmt::format("reload failed: {}; the running configuration stays as it is", e.what()));
  }
  last_reload_was_taken_ = taken;
  if (taken) configured();
  keep_informed([&] { heartbeat_->reloaded(taken); });
}

bool Daemon::reload() {
  Loaded loaded = load_config(options_.config_file);
  for (const Complaint& complaint : loaded.complaints) {
    log::line(complaint.is_warning ? log::Level::warning : log::Level::error,
              complaint.to_string());
  }
  if (!loaded.usable()) {
    log::error("reload refused: the running configuration stays as it is");
    return false;
  }

  const auto running = snapshot_.get();
  for (const std::string& setting : needs_restart(running->config, loaded.config)) {
    log::warning(fmt::format("reload: {} has changed and takes effect at the next start", setting));
  }
  loaded.config.listen = running->config.listen;
  loaded.config.metrics = running->config.metrics;
  loaded.config.log.destination = running->config.log.destination;
  if (negotiation_for(loaded.config) != negotiation_) {
    log::warning(
        "reload: when recipients are decided has changed; until the next start it is at end of "
        "message "
        "where RCPT was not answered before");
  }
  log::show_addresses(loaded.config.log.addresses);
  snapshot_.set(make_snapshot(std::move(loaded.config), running.get(), meters_));
  log::notice("configuration reloaded");
  return true;
}

void Daemon::drain() {
  log::notice(fmt::format("stopping: {} sessions, {} messages open", activity_.sessions(),
                          activity_.messages()));
  keep_informed(
      [this] { heartbeat_->stopping(kServeOn + kLastMessages + Confirmer::kPatience + kToEnd); });
  listener_.stop_accepting();
  if (metrics_server_) metrics_server_->stop_accepting();
  const auto wait_until = [this](auto&& done, milliseconds longest) {
    const auto give_up = Clock::now() + longest;
    while (!done() && Clock::now() < give_up) {
      const int again = next_signal(milliseconds(10));
      keep_informed([this] { heartbeat_->beat(); });
      if (again == SIGTERM || again == SIGINT) return false;  // told twice
    }
    return true;
  };
  // A connection that was accepted at the last moment is no session yet: the MTA would be cut off
  // as it begins to speak. Who says nothing is not waited for so long.
  const auto began = Clock::now();
  const auto nobody_is_left = [&] {
    const auto waited = Clock::now() - began;
    if (activity_.sessions() != 0 || waited < kToArrive) return false;
    return open_connections() == 0 || waited > kToSpeak;
  };
  if (!wait_until(nobody_is_left, kServeOn)) return;
  activity_.send_new_messages_away();
  if (!wait_until([&] { return activity_.messages() == 0; }, kLastMessages)) return;
  const auto snapshot = snapshot_.get();
  snapshot->confirmer->send_no_more();
  snapshot->notifier->send_no_more();
  wait_until(
      [&] { return !snapshot->confirmer->is_sending() && !snapshot->notifier->is_sending(); },
      Confirmer::kPatience);
}

void Daemon::end(int status) {
  const int cut_off = activity_.messages();
  log::notice(cut_off == 0 ? "stopped" : fmt::format("stopped; {} messages were cut off", cut_off));
  pid_t written = 0;  // by a successor, perhaps, which may start as soon as we stop listening
  if (!options_.pid_file.empty() && std::ifstream(options_.pid_file) >> written &&
      written == ::getpid()) {
    ::unlink(options_.pid_file.c_str());
  }
  listener_.stop_accepting();
  ::_exit(status);
}

}  // namespace optout
