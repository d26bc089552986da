// What Postfix 3.7 tells a milter over one connection, and whether the answers are right. No
// sockets.
//
// As Postfix does, commands gather in a buffer until an answer is needed, until 4 KiB have come
// together, or until smtpd hands the connection to cleanup after DATA; macros precede each command;
// ABORT follows every message, good ones too, and waits in the buffer for the next; a message whose
// DATA is answered with ACCEPT is not shown any further, nor one without recipients left.
//
// Threads: one at a time.

#pragma once

#include "agreement.h"
#include "population.h"
#include "support/milter_protocol.h"
#include "tally.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace optout::bench {

// What must happen to suppressed recipients; offered: they are stripped, and where one is left she
// is offered a way to unsubscribe, in place of the sender's if there is one.
enum class Expected { nothing, refused, stripped, offered };

struct Plan {
  unsigned recipients = 1;                // a message
  unsigned messages_per_connection = 20;  // then the client is gone, and another comes
  Expected expected = Expected::nothing;
  std::string list_id;           // in every message, where not empty
  bool list_unsubscribe = true;  // the sender's own; else a field as long as that
};

class Conversation {
public:
  // What became of a command: it waits in the buffer; the buffer is to be sent, and an answer
  // awaited or not; the buffer is to be sent and the connection closed.
  enum class Said { buffered, hand_over, question, goodbye };
  enum class Stage {
    negotiation,
    connect,
    helo,
    mail,
    recipient,
    data,
    header,
    end_of_headers,
    body,
    end_of_message
  };

  // Borrows all three, which must outlive it. `agreement` is what other connections have agreed; it
  // is shared where this milter asks for the same.
  Conversation(const Plan& plan, Population& population, Tally& tally);

  // Appends what comes next. REQUIRES: no answer is awaited.
  Said say(std::string& out);

  // Whether an SMTP client would send a command next (and may take its time before).
  bool at_client_command() const noexcept;
  bool between_messages() const noexcept { return stage_ == Stage::mail; }

  Stage awaiting() const noexcept { return awaiting_; }
  // Takes a packet; true if it was the last of the answer.
  bool hear(const test::Packet& packet);

  // The next connection begins.
  void start_over();

private:
  Said sent(std::uint32_t silent_bit);
  void append_macros(std::string& out, test::MacroStage stage, test::Command command) const;
  void begin_message();
  void finish_message();
  Said say_content(std::string& out);
  void check_recipient(const test::Packet& answer);
  void check_message(const test::Packet& answer);
  void wrong(std::string_view what, const test::Packet& answer);

  const Plan& plan_;
  Population& population_;
  Tally& tally_;
  std::shared_ptr<const Agreement> agreement_;

  Stage stage_ = Stage::negotiation;     // what is said next
  Stage awaiting_ = Stage::negotiation;  // whose answer
  bool abort_first_ = false;
  unsigned messages_ = 0;  // over this connection
  std::vector<Addressee> addressees_;
  std::size_t next_ = 0;  // recipient or header
  std::size_t refused_ = 0;
  std::string queue_id_;  // empty until a recipient has been accepted
  std::vector<std::string> deleted_;
  unsigned fields_edited_ = 0;  // removed or added
};

}  // namespace optout::bench
