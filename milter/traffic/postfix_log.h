// Past traffic from the log of Postfix, which tells a message in pieces: who connected, who sent
// it, and, when it is tried to be delivered, each recipient.
//
// What is known of a message is kept until Postfix removes it from its queue, or for as long as it
// may stay there. Lines of several files are told one after the other to the same object.

#pragma once

#include "traffic/delivery.h"
#include "traffic/postfix_line.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace optout {

class PostfixLog {
public:
  static constexpr Told kTold{.messages = true};

  // What the line says of a recipient who was not told of before; nothing of other lines.
  std::optional<Delivery> read(const PostfixLine& line);

  // Recipients of messages of which the log does not tell how they came: before it begins, or from
  // Postfix itself, as bounces do, about which no milter is asked.
  std::uint64_t without_origin() const noexcept { return without_origin_; }

private:
  struct Message {
    MailTime at{};
    Origin origin{};
    bool has_origin = false;
    bool has_sender = false;
    std::set<std::string, std::less<>> recipients{};
  };
  using Messages = std::map<std::string, Message, std::less<>>;

  Message& message(const PostfixLine& line);
  void begin(const PostfixLine& line);
  std::optional<Delivery> delivery(const PostfixLine& line);
  void forget_before(MailTime time);

  Messages messages_;
  std::deque<std::pair<MailTime, std::string>> by_age_;
  std::uint64_t without_origin_ = 0;
};

}  // namespace optout
