// The milter protocol as it stands on the wire: packets in, packets out, no sockets.
//
// A packet is a length of four bytes (network order, counting what follows), one letter that says
// what it is, and a payload: mostly strings that end in NUL. Everything appends to a buffer of the
// caller's or looks into one, so that a load generator can send thousands of messages a second
// without allocating.
//
// Names are those of RFC 5321; the letters and bits are libmilter's SMFIC_, SMFIR_ and SMFIP_
// constants, whose last part stands beside each where it differs.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace optout::test {

// What an MTA says.
enum class Command : char {
  abort = 'A',
  body = 'B',
  connect = 'C',
  macros = 'D',
  end_of_message = 'E',  // BODYEOB
  helo = 'H',
  quit_new_connection = 'K',  // QUIT_NC
  header = 'L',
  mail = 'M',
  end_of_headers = 'N',  // EOH
  negotiate = 'O',       // OPTNEG
  quit = 'Q',
  recipient = 'R',  // RCPT
  data = 'T',
  unknown = 'U',
};

// What a milter answers, or asks to have changed.
enum class Answer : char {
  add_recipient = '+',
  delete_recipient = '-',
  add_recipient_with_parameters = '2',
  accept = 'a',
  replace_body = 'b',
  proceed = 'c',  // CONTINUE
  discard = 'd',
  change_sender = 'e',
  connection_failure = 'f',
  add_header = 'h',
  insert_header = 'i',
  set_macro_list = 'l',  // SETSYMLIST
  change_header = 'm',
  negotiate = 'O',
  progress = 'p',
  quarantine = 'q',
  reject = 'r',
  skip = 's',
  tempfail = 't',
  reply_code = 'y',
};

// The bits of a negotiation's last word: what is not to be sent, and what is not to be answered.
namespace protocol {
inline constexpr std::uint32_t kNoConnect = 0x1;
inline constexpr std::uint32_t kNoHelo = 0x2;
inline constexpr std::uint32_t kNoMail = 0x4;
inline constexpr std::uint32_t kNoRecipients = 0x8;
inline constexpr std::uint32_t kNoBody = 0x10;
inline constexpr std::uint32_t kNoHeaders = 0x20;
inline constexpr std::uint32_t kNoEndOfHeaders = 0x40;
inline constexpr std::uint32_t kSilentHeader = 0x80;  // NR_HDR, and so on below
inline constexpr std::uint32_t kNoUnknown = 0x100;
inline constexpr std::uint32_t kNoData = 0x200;
inline constexpr std::uint32_t kSkip = 0x400;
inline constexpr std::uint32_t kRejectedRecipients = 0x800;
inline constexpr std::uint32_t kSilentConnect = 0x1000;
inline constexpr std::uint32_t kSilentHelo = 0x2000;
inline constexpr std::uint32_t kSilentMail = 0x4000;
inline constexpr std::uint32_t kSilentRecipient = 0x8000;
inline constexpr std::uint32_t kSilentData = 0x10000;
inline constexpr std::uint32_t kSilentUnknown = 0x20000;
inline constexpr std::uint32_t kSilentEndOfHeaders = 0x40000;
inline constexpr std::uint32_t kSilentBody = 0x80000;
inline constexpr std::uint32_t kLeadingSpace = 0x100000;
inline constexpr std::uint32_t kAll = 0x1fffff;  // what Postfix 3.7 and Sendmail 8.17 offer
}  // namespace protocol

inline constexpr std::uint32_t kMilterVersion = 6;
inline constexpr std::uint32_t kAllActions = 0x1ff;
inline constexpr std::size_t kBodyChunk = 65535;  // the longest piece of a body in one packet

struct Negotiation {
  std::uint32_t version = kMilterVersion;
  std::uint32_t actions = kAllActions;
  std::uint32_t protocol = protocol::kAll;
};

// A packet found in a buffer; `payload` points into that buffer.
struct Packet {
  char letter;
  std::string_view payload;

  bool is(Answer answer) const noexcept { return letter == static_cast<char>(answer); }
};

// Takes the first whole packet off the front of `bytes`; nothing if there is none yet.
std::optional<Packet> take_packet(std::string_view& bytes);

// Take a number, or a string up to its NUL, off the front of a payload. A payload that is too short
// gives zero or what there is.
std::uint32_t take_number(std::string_view& payload);
std::string_view take_string(std::string_view& payload);

// Each appends one packet to `out`.
void append_packet(std::string& out, Command command, std::string_view payload = {});
void append_strings(std::string& out, Command command, std::span<const std::string_view> strings);
void append_strings(std::string& out, Command command,
                    std::initializer_list<std::string_view> strings);
void append_negotiation(std::string& out, const Negotiation& offer);
// An IPv4 or IPv6 client as smtpd describes it.
void append_connect(std::string& out, std::string_view host, std::string_view address,
                    std::uint16_t port);
// Macros for the command that follows: name, value, name, value.
void append_macros(std::string& out, Command stage, std::span<const std::string_view> pairs);

}  // namespace optout::test
