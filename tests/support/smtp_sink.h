// Where mail ends up in tests: an SMTP server on loopback that takes everything and keeps it.
//
// It announces PIPELINING, 8BITMIME, SMTPUTF8 and DSN, so that what the relay passes on (NOTIFY,
// ORCPT, UTF-8 addresses) arrives as it would at a modern server.
//
// Threads: one per connection; every method may be called from any thread.

#pragma once

#include "support/stream_socket.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace optout::test {

struct Delivery {
  std::string sender;                   // as after MAIL FROM:, with parameters
  std::vector<std::string> recipients;  // as after RCPT TO:, with parameters
  std::string data;                     // dots unstuffed, lines ended by CRLF

  // Whether `address` ("<ann@example.com>") is among the recipients, with at least these
  // parameters.
  bool went_to(std::string_view address, const std::vector<std::string>& parameters = {}) const;
};

// The part of a message below the first field of this name, or all of it if there is none: what the
// client sent, without the trace fields that relays put above it.
std::string_view from_field(std::string_view message, std::string_view name);

class SmtpSink {
public:
  SmtpSink();
  ~SmtpSink();
  SmtpSink(const SmtpSink&) = delete;
  SmtpSink& operator=(const SmtpSink&) = delete;

  std::uint16_t port() const noexcept { return listener_.port; }
  std::vector<Delivery> deliveries() const;
  // Waits until `enough` holds of everything that has come; false if that takes too long.
  bool wait_for(const std::function<bool(const std::vector<Delivery>&)>& enough,
                std::chrono::milliseconds at_most = std::chrono::seconds(30)) const;
  void forget();  // what has come so far

private:
  void accept_all();
  void serve(StreamSocket& socket);

  Listener listener_;
  mutable std::mutex mutex_;  // guards what follows
  mutable std::condition_variable came_;
  std::vector<Delivery> deliveries_;
  std::list<int> open_;
  std::vector<std::thread> sessions_;
  bool ending_ = false;
  std::thread acceptor_;  // last: starts when all else is there
};

}  // namespace optout::test
