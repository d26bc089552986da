// An answer to the MTA, in which code, enhanced status code and kind always agree.
//
// libmilter's traps are in the type: a 4xx text with SMFIS_REJECT is silently dropped, a class that
// differs between 550 and 4.7.1 makes Postfix drop the milter, a lone '%' or a line break loses the
// text (SC-11). So a Reply is built from a kind, the two digits behind it and a text; everything
// else follows.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace optout {

// Subject and detail of an enhanced status code (RFC 3463); its class is the reply's kind.
struct Status {
  std::uint8_t subject;
  std::uint8_t detail;
};

class Reply {
public:
  enum class Kind { proceed, accept, discard, transient, permanent };

  // Go on with this message.
  static Reply proceed() { return Reply(Kind::proceed); }
  // Go on without us: the rest of the message is not shown to us. Not the same as proceed: edits
  // are impossible then.
  static Reply accept() { return Reply(Kind::accept); }
  // Taken, and delivered to nobody: the message was meant for us, and has been dealt with.
  static Reply discard() { return Reply(Kind::discard); }
  // 4xx: the sender keeps the mail and tries again. `digits` are the last two of the code: 51 for
  // 451.
  static Reply transient(std::uint8_t digits, Status status, std::string_view text) {
    return Reply(Kind::transient, digits, status, text);
  }
  // 5xx: the sender is told that it will never be delivered.
  static Reply permanent(std::uint8_t digits, Status status, std::string_view text) {
    return Reply(Kind::permanent, digits, status, text);
  }

  Kind kind() const noexcept { return kind_; }
  bool refuses() const noexcept { return kind_ == Kind::transient || kind_ == Kind::permanent; }

  // What smfi_setreply wants; empty unless refuses().
  std::string code() const;      // "550"
  std::string enhanced() const;  // "5.7.1"
  // One line of printable ASCII, '%' doubled, at most kLongestText octets; anything else has become
  // '?'.
  std::string text_for_libmilter() const;
  static constexpr std::size_t kLongestText =
      400;  // RFC 5321 4.5.3.1.5 allows 512, Sendmail puts the address in front

  std::string to_string() const;  // "550 5.7.1 text", "proceed": as a person reads it

  friend bool operator==(const Reply&, const Reply&) = default;

private:
  explicit Reply(Kind kind) : kind_(kind) {}
  Reply(Kind kind, std::uint8_t digits, Status status, std::string_view text)
      : kind_(kind),
        digits_(digits),
        subject_(status.subject),
        detail_(status.detail),
        text_(text) {}
  unsigned class_digit() const noexcept { return kind_ == Kind::transient ? 4 : 5; }

  Kind kind_;
  std::uint8_t digits_ = 0;
  std::uint8_t subject_ = 0;
  std::uint8_t detail_ = 0;
  std::string text_;
};

}  // namespace optout
