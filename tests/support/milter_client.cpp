#include "support/milter_client.h"

#include "support/postfix_macros.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace optout::test {

// What belongs to a command: the bits by which a milter declines it, or declines to answer it.
struct MilterClient::Stage {
  Command command;
  MacroStage macros;
  std::uint32_t declined = 0;
  std::uint32_t silent = 0;
};

namespace {

using Kind = MilterReply::Kind;

std::optional<Kind> final_word(const Packet& packet) {
  switch (static_cast<Answer>(packet.letter)) {
    case Answer::proceed:
      return Kind::proceed;
    case Answer::accept:
      return Kind::accept;
    case Answer::reject:
      return Kind::reject;
    case Answer::tempfail:
      return Kind::tempfail;
    case Answer::discard:
      return Kind::discard;
    case Answer::skip:
      return Kind::skip;
    case Answer::reply_code:
      return Kind::code;
    default:
      return std::nullopt;
  }
}

std::string first_string(std::string_view payload) {
  return std::string(take_string(payload));
}

// A percent sign is doubled in a reply's text; what the client then sees is a single one. A lone
// one is dropped, as Postfix does.
std::string as_shown(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = text[i] == '%' && i + 1 < text.size() && text[i + 1] == '%';
    if (doubled || text[i] != '%') shown += text[i];
    if (doubled) ++i;
  }
  return shown;
}

std::string printable_edit(const Packet& packet) {
  std::string text = fmt::format("{} {}", packet.letter, packet.payload);
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

// Of the packet that adds a header field; one that inserts it begins with the place.
std::pair<std::string, std::string> header_of(const Packet& packet) {
  std::string_view payload = packet.payload;
  if (packet.is(Answer::insert_header)) take_number(payload);
  std::string name = first_string(payload);
  take_string(payload);
  return {std::move(name), first_string(payload)};
}

HeaderChange change_of(const Packet& packet) {
  std::string_view payload = packet.payload;
  const std::uint32_t index = take_number(payload);
  std::string name(take_string(payload));
  return {.name = std::move(name), .index = index, .value = first_string(payload)};
}

std::vector<std::string_view> with_parameters(const std::string& address,
                                              const std::vector<std::string>& parameters) {
  std::vector<std::string_view> words{address};
  words.insert(words.end(), parameters.begin(), parameters.end());
  return words;
}

}  // namespace

bool MilterReply::is_positive() const noexcept {
  return kind == Kind::proceed || kind == Kind::accept || kind == Kind::not_asked ||
         kind == Kind::skip;
}

std::string MilterReply::to_string() const {
  switch (kind) {
    case Kind::proceed:
      return "continue";
    case Kind::accept:
      return "accept";
    case Kind::reject:
      return "reject";
    case Kind::tempfail:
      return "tempfail";
    case Kind::discard:
      return "discard";
    case Kind::skip:
      return "skip";
    case Kind::code:
      return text;
    case Kind::not_asked:
      return "not asked";
    case Kind::closed:
      break;
  }
  return "closed";
}

MilterClient::MilterClient(const SocketAddress& address) : socket_(StreamSocket::connect(address)) {
  computed_ = initial_postfix_macros();
}

void MilterClient::set_macro(const std::string& name, const std::string& value) {
  macros_[name] = value;
}

std::string MilterClient::macro(const std::string& name) const {
  if (const auto found = macros_.find(name); found != macros_.end()) return found->second;
  const auto found = computed_.find(name);
  return found == computed_.end() ? std::string() : found->second;
}

void MilterClient::append_macros_of(const Stage& stage) {
  const auto asked = macro_lists_.find(static_cast<int>(stage.macros));
  const auto& names =
      asked == macro_lists_.end() ? default_postfix_macros(stage.macros) : asked->second;
  std::vector<std::string> pairs;
  for (const std::string& name : names) {
    if (std::string value = macro(name); !value.empty()) {
      pairs.push_back(name);
      pairs.push_back(std::move(value));
    }
  }
  const std::vector<std::string_view> views(pairs.begin(), pairs.end());
  if (!views.empty()) append_macros(out_, stage.command, views);
}

std::optional<Packet> MilterClient::next_packet() {
  in_.erase(0, std::exchange(taken_, 0));
  for (;;) {
    std::string_view rest = in_;
    if (const auto packet = take_packet(rest)) {
      taken_ = in_.size() - rest.size();
      return packet;
    }
    if (!socket_.receive(in_)) return std::nullopt;
  }
}

bool MilterClient::say(Command command, std::string_view payload) {
  std::string packet;
  append_packet(packet, command, payload);
  return socket_.send(packet);
}

MilterReply MilterClient::hear() {
  while (const auto packet = next_packet()) {
    if (const auto kind = final_word(*packet))
      return {*kind, as_shown(first_string(packet->payload))};
  }
  socket_.close();
  return {Kind::closed, {}};
}

MilterReply MilterClient::ask(const Stage& stage, std::string_view packet) {
  if (connection_settled_) return *connection_settled_;
  if (in_message_ && message_settled_) return *message_settled_;
  append_macros_of(stage);  // sent even before a command that was declined
  const bool declined = (agreed_.protocol & stage.declined) != 0;
  if (!declined) out_ += packet;
  const bool sent = socket_.send(std::exchange(out_, {}));
  if (!sent) return {Kind::closed, {}};
  if (declined || (agreed_.protocol & stage.silent) != 0) return {};

  MilterReply reply = hear();
  const bool settles = reply.kind != Kind::proceed && reply.kind != Kind::skip;
  if (settles && !in_message_) connection_settled_ = reply;
  if (settles && in_message_ && stage.command != Command::recipient) message_settled_ = reply;
  return reply;
}

Negotiation MilterClient::negotiate(const Negotiation& offer) {
  append_negotiation(out_, offer);
  socket_.send(std::exchange(out_, {}));
  const auto packet = next_packet();
  if (!packet || !packet->is(Answer::negotiate)) {
    throw std::runtime_error("the milter does not negotiate");
  }
  std::string_view payload = packet->payload;
  agreed_.version = take_number(payload);
  agreed_.actions = take_number(payload);
  agreed_.protocol = take_number(payload);
  while (!payload.empty()) {
    const int stage = static_cast<int>(take_number(payload));
    macro_lists_[stage] = split_macro_names(take_string(payload));
  }
  return agreed_;
}

MilterReply MilterClient::connect(std::string_view host, std::string_view address,
                                  std::uint16_t port) {
  computed_["_"] = fmt::format("{} [{}]", host, address);
  computed_["{client_name}"] = host;
  computed_["{client_addr}"] = address;
  computed_["{client_port}"] = std::to_string(port);
  std::string packet;
  append_connect(packet, host, address, port);
  return ask(
      {Command::connect, MacroStage::connect, protocol::kNoConnect, protocol::kSilentConnect},
      packet);
}

MilterReply MilterClient::helo(std::string_view name) {
  std::string packet;
  append_strings(packet, Command::helo, {name});
  return ask({Command::helo, MacroStage::helo, protocol::kNoHelo, protocol::kSilentHelo}, packet);
}

MilterReply MilterClient::mail(const std::string& sender,
                               const std::vector<std::string>& parameters) {
  if (in_message_) abort();
  in_message_ = true;
  computed_.erase("i");
  computed_["{mail_addr}"] = postfix_address_macro(sender);
  std::string packet;
  append_strings(packet, Command::mail, with_parameters(sender, parameters));
  return ask({Command::mail, MacroStage::mail, protocol::kNoMail, protocol::kSilentMail}, packet);
}

MilterReply MilterClient::recipient(const std::string& address,
                                    const std::vector<std::string>& parameters) {
  computed_["{rcpt_addr}"] = postfix_address_macro(address);
  std::string packet;
  append_strings(packet, Command::recipient, with_parameters(address, parameters));
  MilterReply reply = ask({Command::recipient, MacroStage::recipient, protocol::kNoRecipients,
                           protocol::kSilentRecipient},
                          packet);
  // Postfix opens a queue file, and has an id, when the first recipient is accepted.
  if (reply.is_positive() && computed_.find("i") == computed_.end()) {
    computed_["i"] = fmt::format("4Test{:06}", ++messages_);
  }
  return reply;
}

MilterReply MilterClient::data() {
  std::string packet;
  append_packet(packet, Command::data);
  return ask({Command::data, MacroStage::data, protocol::kNoData, protocol::kSilentData}, packet);
}

MilterReply MilterClient::header(const std::string& name, const std::string& value) {
  const bool lead = (agreed_.protocol & protocol::kLeadingSpace) != 0;
  std::string packet;
  append_strings(packet, Command::header, {name, lead ? " " + value : value});
  return ask(
      {Command::header, MacroStage::end_of_headers, protocol::kNoHeaders, protocol::kSilentHeader},
      packet);
}

MilterReply MilterClient::end_of_headers() {
  std::string packet;
  append_packet(packet, Command::end_of_headers);
  return ask({Command::end_of_headers, MacroStage::end_of_headers, protocol::kNoEndOfHeaders,
              protocol::kSilentEndOfHeaders},
             packet);
}

MilterReply MilterClient::body(std::string_view text) {
  MilterReply reply;
  while (!text.empty() && reply.is_positive() && reply.kind != Kind::skip) {
    std::string packet;
    append_packet(packet, Command::body, text.substr(0, kBodyChunk));
    reply =
        ask({Command::body, MacroStage::end_of_message, protocol::kNoBody, protocol::kSilentBody},
            packet);
    text.remove_prefix(std::min(text.size(), kBodyChunk));
  }
  return reply;
}

MilterFinish MilterClient::end_of_message() {
  MilterFinish finish;
  if (connection_settled_ || message_settled_) {
    finish.reply = connection_settled_ ? *connection_settled_ : *message_settled_;
    return finish;  // in_message_ stays: the next message begins with an abort
  }
  append_macros_of({Command::end_of_message, MacroStage::end_of_message});
  append_packet(out_, Command::end_of_message);
  finish.reply.kind = Kind::closed;
  in_message_ = false;
  if (!socket_.send(std::exchange(out_, {}))) return finish;
  while (const auto packet = next_packet()) {
    if (const auto kind = final_word(*packet)) {
      finish.reply = {*kind, as_shown(first_string(packet->payload))};
      break;
    }
    if (packet->is(Answer::delete_recipient)) {
      finish.deleted.push_back(first_string(packet->payload));
    } else if (packet->is(Answer::add_header) || packet->is(Answer::insert_header)) {
      finish.added.push_back(header_of(*packet));
    } else if (packet->is(Answer::change_header)) {
      finish.changed.push_back(change_of(*packet));
    } else if (packet->is(Answer::quarantine)) {
      finish.quarantine = first_string(packet->payload);
    } else if (packet->is(Answer::progress)) {
      ++finish.progress;
    } else {
      finish.edits.push_back(printable_edit(*packet));
    }
  }
  return finish;
}

void MilterClient::abort() {
  in_message_ = false;
  message_settled_.reset();
  if (!connection_settled_) say(Command::abort);
}

void MilterClient::quit() {
  say(Command::quit);
  socket_.close();
}

}  // namespace optout::test
