// Plays the MTA: one milter connection, spoken as Postfix 3.7 speaks it.
//
// It offers everything Postfix offers, sends the macros that the milter asked for (else Postfix's
// own lists), sends nothing the milter declined, waits for no reply the milter said it would not
// give, and asks nothing more about a message that the milter has already settled. For the rude
// things an MTA never does, say anything at any time with `say` and `say_raw`.
//
// Threads: one at a time.

#pragma once

#include "support/milter_protocol.h"
#include "support/stream_socket.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout::test {

// What the milter said to one command.
struct MilterReply {
  enum class Kind { proceed, accept, reject, tempfail, discard, skip, code, not_asked, closed };
  Kind kind = Kind::not_asked;
  std::string text;  // of a code: "550 5.7.1 recipient has opted out of this mail [optout]"

  // Whether the MTA goes on with the recipient or the message.
  bool is_positive() const noexcept;
  // The text of a code, else the kind as a word: "continue", "accept", "closed"…
  std::string to_string() const;
};

// One field of the header: which of this name, counted from 1, and what it is to be. Without a
// value it is removed.
struct HeaderChange {
  std::string name;
  std::uint32_t index = 0;
  std::string value;
};

// The end of a message: the last word about it, and what the milter wanted changed.
struct MilterFinish {
  MilterReply reply;
  std::vector<std::string> deleted;                        // recipients, as the milter spelled them
  std::vector<std::pair<std::string, std::string>> added;  // header fields, wherever they go
  std::vector<HeaderChange> changed;                       // those of the sender
  std::vector<std::string> edits;                          // everything else: "+ <x@example.com>"
  std::optional<std::string> quarantine;
  int progress = 0;
};

class MilterClient {
public:
  // Connects; throws std::system_error if nobody listens.
  explicit MilterClient(const SocketAddress& address);

  // Values of macros that are not known from the commands themselves: "i", "{auth_authen}",
  // "{daemon_port}". What is set here outranks what would be computed; an empty value makes the
  // macro unknown.
  void set_macro(const std::string& name, const std::string& value);
  void set_patience(std::chrono::milliseconds patience) { socket_.set_patience(patience); }

  // What the milter chose of `offer`. Throws std::runtime_error if it closes the connection
  // instead.
  Negotiation negotiate(const Negotiation& offer = {});

  MilterReply connect(std::string_view host = "client.example",
                      std::string_view address = "192.0.2.10", std::uint16_t port = 40000);
  MilterReply helo(std::string_view name = "client.example");
  // Addresses are given as on the wire, "<ann@example.com>", and may be followed by parameters.
  MilterReply mail(const std::string& sender, const std::vector<std::string>& parameters = {});
  MilterReply recipient(const std::string& address,
                        const std::vector<std::string>& parameters = {});
  MilterReply data();
  MilterReply header(const std::string& name, const std::string& value);
  MilterReply end_of_headers();
  MilterReply body(std::string_view text);  // of any length; sent in chunks
  MilterFinish end_of_message();
  void abort();  // ends the message, not the connection
  void quit();
  void hang_up() { socket_.close(); }  // without a word

  // Rudeness: send a command, or any bytes, whatever the state; read whatever reply comes.
  bool say(Command command, std::string_view payload = {});
  bool say_raw(std::string_view bytes) { return socket_.send(bytes); }
  MilterReply hear();

private:
  struct Stage;
  MilterReply ask(const Stage& stage, std::string_view packet);
  void append_macros_of(const Stage& stage);
  std::string macro(const std::string& name) const;
  std::optional<Packet> next_packet();

  StreamSocket socket_;
  std::string out_;        // being assembled
  std::string in_;         // received
  std::size_t taken_ = 0;  // of in_
  Negotiation agreed_;
  std::map<int, std::vector<std::string>> macro_lists_;  // by libmilter's stage number
  std::map<std::string, std::string> macros_;            // set by the test
  std::map<std::string, std::string> computed_;          // as Postfix would know them
  std::optional<MilterReply> connection_settled_;
  std::optional<MilterReply> message_settled_;
  bool in_message_ = false;
  unsigned messages_ = 0;
};

}  // namespace optout::test
