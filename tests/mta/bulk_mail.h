// A mailing to many people, handed in as a program does that pours out all it has: over several
// connections at once, through one relay or more.
//
// Threads: use it from one; it starts its own.

#pragma once

#include "support/smtp_client.h"
#include "support/smtp_sink.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace optout::test {

struct BulkMessage {
  std::string sender;                   // "<news@shop.example>"
  std::vector<std::string> recipients;  // "<reader17@example.com>"
  std::string header{};                 // further fields, each ended by CRLF
  SmtpReply reply{};                    // to the end of the message

  bool is_accepted() const noexcept { return reply.code == 250; }
  // What the MTA that has accepted it calls it.
  std::string queue_id() const;
};

using Mailing = std::vector<BulkMessage>;

// Messages to so many people each, whom no other message is for: <reader0@example.com> and so on,
// numbered through.
Mailing mailing_to(std::string_view reader, std::size_t messages, std::size_t people_each,
                   std::string_view sender = "<news@shop.example>");

class HandingIn {
public:
  // Begins to hand in what is not accepted yet of `mailing`, which must outlive it. Connections go
  // to these ports in turn.
  HandingIn(Mailing& mailing, std::vector<std::uint16_t> ports, unsigned connections);
  ~HandingIn();
  HandingIn(const HandingIn&) = delete;
  HandingIn& operator=(const HandingIn&) = delete;

  // Waits until so many messages have had their answer; false if that takes too long.
  bool wait_for(std::size_t answers) const;
  // Returns when all have. Throws what a connection threw.
  void finish();

private:
  void hand_in(std::uint16_t port);

  Mailing& mailing_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> answered_{0};
  std::mutex mutex_;  // guards what follows
  std::exception_ptr trouble_;
  std::vector<std::thread> threads_;
};

// The same in one go.
void hand_in(Mailing& mailing, const std::vector<std::uint16_t>& ports, unsigned connections = 1);

std::size_t accepted(const Mailing& mailing);

// How many copies each person got: "<reader17@example.com>".
std::map<std::string, int> copies(const std::vector<Delivery>& deliveries);
// Of those, how many are called so.
std::size_t reached(const std::map<std::string, int>& copies, std::string_view reader);
// Who got more than one copy; empty if all is well.
std::string reached_twice(const std::map<std::string, int>& copies);

}  // namespace optout::test
