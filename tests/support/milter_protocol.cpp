#include "support/milter_protocol.h"

namespace optout::test {
namespace {

void append_number(std::string& out, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0})
    out += static_cast<char>(number >> shift & 0xff);
}

// Appends the head of a packet now, and its length when the payload is complete.
class Envelope {
public:
  Envelope(std::string& out, Command command) : out_(out), start_(out.size()) {
    out_.append(4, '\0');
    out_ += static_cast<char>(command);
  }
  ~Envelope() {
    const std::size_t length = out_.size() - start_ - 4;
    for (std::size_t i = 0; i < 4; ++i) {
      out_[start_ + i] = static_cast<char>(length >> (24 - 8 * i) & 0xff);
    }
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  void add_string(std::string_view text) {
    out_ += text;
    out_ += '\0';
  }

private:
  std::string& out_;
  std::size_t start_;
};

}  // namespace

std::optional<Packet> take_packet(std::string_view& bytes) {
  std::string_view rest = bytes;
  if (rest.size() < 5) return std::nullopt;
  const std::uint32_t length = take_number(rest);
  if (length == 0 || rest.size() < length) return std::nullopt;
  bytes = rest.substr(length);
  return Packet{rest.front(), rest.substr(1, length - 1)};
}

std::uint32_t take_number(std::string_view& payload) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4 && !payload.empty(); ++i) {
    number = number << 8 | static_cast<unsigned char>(payload.front());
    payload.remove_prefix(1);
  }
  return number;
}

std::string_view take_string(std::string_view& payload) {
  const std::size_t end = payload.find('\0');
  const std::string_view text = payload.substr(0, end);
  payload.remove_prefix(end == std::string_view::npos ? payload.size() : end + 1);
  return text;
}

void append_packet(std::string& out, Command command, std::string_view payload) {
  Envelope packet(out, command);
  out += payload;
}

void append_strings(std::string& out, Command command, std::span<const std::string_view> strings) {
  Envelope packet(out, command);
  for (const std::string_view text : strings)
    packet.add_string(text);
}

void append_strings(std::string& out, Command command,
                    std::initializer_list<std::string_view> strings) {
  append_strings(out, command, std::span(strings.begin(), strings.size()));
}

void append_negotiation(std::string& out, const Negotiation& offer) {
  Envelope packet(out, Command::negotiate);
  append_number(out, offer.version);
  append_number(out, offer.actions);
  append_number(out, offer.protocol);
}

void append_connect(std::string& out, std::string_view host, std::string_view address,
                    std::uint16_t port) {
  Envelope packet(out, Command::connect);
  packet.add_string(host);
  out += address.find(':') == std::string_view::npos ? '4' : '6';
  out += static_cast<char>(port >> 8);
  out += static_cast<char>(port & 0xff);
  packet.add_string(address);
}

void append_macros(std::string& out, Command stage, std::span<const std::string_view> pairs) {
  Envelope packet(out, Command::macros);
  out += static_cast<char>(stage);
  for (const std::string_view text : pairs)
    packet.add_string(text);
}

}  // namespace optout::test
