#include "conversation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace optout::bench {
namespace {

using test::Answer;
using test::Command;
using test::MacroStage;
using test::Packet;
namespace bits = test::protocol;

constexpr std::string_view kSender = "<news@shop.example.com>";
constexpr std::string_view kBody = "Dear customer,\r\n\r\nthis week everything is half price.\r\n";

using Field = std::pair<std::string_view, std::string_view>;
constexpr std::string_view kUnsubscribe =
    " <https://shop.example.com/u/b2xkZXIgdGhhbiB0aGUgaGlsbHM>,\n\t<mailto:u@shop.example.com>";
constexpr std::array<Field, 12> kHeader{{
    {"Received",
     " from app.example.com (app.example.com [192.0.2.10])\n\tby mx.test.example (Postfix) with "
     "ESMTPS id 4TbXyZ1k2l\n\tfor <customers@shop.example.com>; Mon, 2 Mar 2026 10:00:00 +0000 "
     "(UTC)"},
    {"From", " \"The Shop\" <news@shop.example.com>"},
    {"To", " customers@shop.example.com"},
    {"Subject", " =?UTF-8?Q?This_week_everything_is_half_price_=E2=80=93_don=27t_miss_it?="},
    {"Date", " Mon, 02 Mar 2026 10:00:00 +0000"},
    {"Message-ID", " <20260302100000.4711.12345@app.example.com>"},
    {"MIME-Version", " 1.0"},
    {"Content-Type", " text/plain; charset=utf-8"},
    {"Content-Transfer-Encoding", " quoted-printable"},
    {"Reply-To", " service@shop.example.com"},
    {"X-Mailer", " Shop Mailer 7.3.1 (campaign 2026-10)"},
    {"List-Unsubscribe", kUnsubscribe},
}};
constexpr Field kInItsPlace{"X-Campaign-Links", kUnsubscribe};
static_assert(kInItsPlace.first.size() == kHeader.back().first.size());

bool is_final(const Packet& packet) {
  for (const Answer answer :
       {Answer::proceed, Answer::accept, Answer::reject, Answer::tempfail, Answer::discard,
        Answer::reply_code, Answer::skip, Answer::connection_failure, Answer::negotiate}) {
    if (packet.is(answer)) return true;
  }
  return false;
}

bool says_opted_out(const Packet& packet) {
  return packet.is(Answer::reply_code) && packet.payload.starts_with("550 5.7.1 ");
}

// Fifteen characters, as Postfix' long queue ids have.
std::string next_queue_id() {
  static unsigned long long last = 0;
  return fmt::format("4TbX{:011}", ++last);
}

// The agreement of the connection before, most likely.
std::shared_ptr<const Agreement> agreement_on(std::string_view answer) {
  static std::shared_ptr<const Agreement> last = std::make_shared<Agreement>();
  if (!last->is(answer)) last = std::make_shared<Agreement>(answer);
  return last;
}

}  // namespace

Conversation::Conversation(const Plan& plan, Population& population, Tally& tally)
    : plan_(plan), population_(population), tally_(tally), addressees_(plan.recipients) {}

void Conversation::start_over() {
  stage_ = Stage::negotiation;
  abort_first_ = false;
  messages_ = 0;
}

bool Conversation::at_client_command() const noexcept {
  switch (stage_) {
    case Stage::helo:
    case Stage::mail:
    case Stage::recipient:
    case Stage::data:
      return true;
    case Stage::header:
      return next_ == 0;  // the content arrives
    default:
      return false;
  }
}

Conversation::Said Conversation::sent(std::uint32_t silent_bit) {
  return agreement_->answers(silent_bit) ? Said::question : Said::buffered;
}

void Conversation::append_macros(std::string& out, MacroStage stage, Command command) const {
  const std::string_view recipient =
      next_ < addressees_.size() ? addressees_[next_].macro : std::string_view();
  agreement_->append_macros(out, stage, command, {.queue_id = queue_id_, .recipient = recipient});
}

Conversation::Said Conversation::say(std::string& out) {
  if (std::exchange(abort_first_, false)) test::append_packet(out, Command::abort);
  awaiting_ = stage_;
  switch (stage_) {
    case Stage::negotiation:
      test::append_negotiation(out, {});
      stage_ = Stage::connect;
      return Said::question;
    case Stage::connect:
      stage_ = Stage::helo;
      append_macros(out, MacroStage::connect, Command::connect);
      if (!agreement_->shows(bits::kNoConnect)) return Said::buffered;
      test::append_connect(out, "app.example.com", "192.0.2.10", 41000);
      return sent(bits::kSilentConnect);
    case Stage::helo:
      stage_ = Stage::mail;
      append_macros(out, MacroStage::helo, Command::helo);
      if (!agreement_->shows(bits::kNoHelo)) return Said::buffered;
      test::append_strings(out, Command::helo, {"app.example.com"});
      return sent(bits::kSilentHelo);
    case Stage::mail:
      if (messages_ == plan_.messages_per_connection) {
        test::append_packet(out, Command::quit);
        return Said::goodbye;
      }
      begin_message();
      append_macros(out, MacroStage::mail, Command::mail);
      if (!agreement_->shows(bits::kNoMail)) return Said::buffered;
      test::append_strings(out, Command::mail, {kSender, "SIZE=4096"});
      return sent(bits::kSilentMail);
    case Stage::recipient: {
      append_macros(out, MacroStage::recipient, Command::recipient);
      const std::string& path = addressees_[next_].path;
      if (++next_ == addressees_.size()) stage_ = Stage::data;
      if (agreement_->shows(bits::kNoRecipients)) {
        test::append_strings(out, Command::recipient, {path});
        if (agreement_->answers(bits::kSilentRecipient)) return Said::question;
      }
      if (queue_id_.empty()) queue_id_ = next_queue_id();
      return Said::buffered;
    }
    case Stage::data:
      if (refused_ == addressees_.size()) {  // nobody left: the client gives up
        finish_message();
        return Said::buffered;
      }
      stage_ = Stage::header;
      next_ = 0;
      append_macros(out, MacroStage::data, Command::data);
      if (!agreement_->shows(bits::kNoData)) return Said::hand_over;
      test::append_packet(out, Command::data);
      return sent(bits::kSilentData) == Said::question ? Said::question : Said::hand_over;
    default:
      return say_content(out);
  }
}

Conversation::Said Conversation::say_content(std::string& out) {
  const auto field = [this](std::size_t i) {
    return i + 1 == kHeader.size() && !plan_.list_unsubscribe ? kInItsPlace : kHeader[i];
  };
  switch (stage_) {
    case Stage::header: {
      const bool list_id = next_ == kHeader.size() && !plan_.list_id.empty();
      if (!agreement_->shows(bits::kNoHeaders) || (next_ >= kHeader.size() && !list_id)) {
        stage_ = Stage::end_of_headers;
        return Said::buffered;
      }
      auto [name, value] = list_id ? Field{"List-Id", plan_.list_id} : field(next_);
      if (!list_id && !agreement_->keeps_leading_space()) value.remove_prefix(1);
      ++next_;
      append_macros(out, MacroStage::end_of_headers, Command::header);
      test::append_strings(out, Command::header, {name, value});
      return sent(bits::kSilentHeader);
    }
    case Stage::end_of_headers:
      stage_ = Stage::body;
      if (!agreement_->shows(bits::kNoEndOfHeaders)) return Said::buffered;
      append_macros(out, MacroStage::end_of_headers, Command::end_of_headers);
      test::append_packet(out, Command::end_of_headers);
      return sent(bits::kSilentEndOfHeaders);
    case Stage::body:
      stage_ = Stage::end_of_message;
      if (!agreement_->shows(bits::kNoBody)) return Said::buffered;
      append_macros(out, MacroStage::end_of_message, Command::body);
      test::append_packet(out, Command::body, kBody);
      return sent(bits::kSilentBody);
    default:
      append_macros(out, MacroStage::end_of_message, Command::end_of_message);
      test::append_packet(out, Command::end_of_message);
      return Said::question;
  }
}

void Conversation::begin_message() {
  for (Addressee& addressee : addressees_)
    population_.choose(addressee);
  stage_ = Stage::recipient;
  next_ = refused_ = 0;
  queue_id_.clear();
  deleted_.clear();
  fields_edited_ = 0;
}

void Conversation::finish_message() {
  ++messages_;
  ++tally_.messages;
  tally_.recipients += addressees_.size();
  const auto suppressed = std::count_if(addressees_.begin(), addressees_.end(),
                                        [](const Addressee& who) { return who.suppressed; });
  tally_.suppressed += static_cast<std::uint64_t>(suppressed);
  abort_first_ = true;
  stage_ = Stage::mail;
}

bool Conversation::hear(const Packet& packet) {
  if (packet.is(Answer::progress)) return false;
  if (awaiting_ == Stage::end_of_message && packet.is(Answer::delete_recipient)) {
    std::string_view payload = packet.payload;
    deleted_.emplace_back(test::take_string(payload));
    return false;
  }
  if (awaiting_ == Stage::end_of_message &&
      (packet.is(Answer::change_header) || packet.is(Answer::add_header))) {
    ++fields_edited_;
    return false;
  }
  if (!is_final(packet)) {
    wrong("a change nobody asked for", packet);
    return false;
  }
  switch (awaiting_) {
    case Stage::negotiation:
      if (!packet.is(Answer::negotiate)) wrong("negotiation", packet);
      agreement_ = agreement_on(packet.payload);
      break;
    case Stage::recipient:
      check_recipient(packet);
      break;
    case Stage::end_of_message:
      check_message(packet);
      break;
    case Stage::data:
      if (packet.is(Answer::accept)) {
        finish_message();
        break;
      }
      [[fallthrough]];
    default:
      if (!packet.is(Answer::proceed)) wrong("a step that is nobody's to refuse", packet);
  }
  return true;
}

void Conversation::check_recipient(const Packet& answer) {
  const Addressee& who = addressees_[next_ - 1];
  const bool refuse = who.suppressed && plan_.expected == Expected::refused;
  if (refuse ? !says_opted_out(answer) : !answer.is(Answer::proceed))
    wrong("RCPT " + who.path, answer);
  if (answer.is(Answer::reply_code)) {
    ++refused_;
  } else if (queue_id_.empty()) {
    queue_id_ = next_queue_id();  // Postfix opens a queue file for the first recipient it accepts
  }
}

void Conversation::check_message(const Packet& answer) {
  std::vector<std::string> expected;
  if (plan_.expected == Expected::stripped || plan_.expected == Expected::offered) {
    for (const Addressee& who : addressees_) {
      if (who.suppressed) expected.push_back(who.path);
    }
  }
  const bool nobody_left = !expected.empty() && expected.size() == addressees_.size();
  if (nobody_left ? !says_opted_out(answer) : !answer.is(Answer::proceed))
    wrong("end of message", answer);
  std::sort(expected.begin(), expected.end());
  std::sort(deleted_.begin(), deleted_.end());
  if (!nobody_left && deleted_ != expected) {
    wrong(fmt::format("{} recipients deleted, not the {} suppressed", deleted_.size(),
                      expected.size()),
          answer);
  }
  // List-Unsubscribe comes, and List-Unsubscribe-Post; the sender's goes.
  const bool offers = plan_.expected == Expected::offered && !nobody_left &&
                      addressees_.size() - deleted_.size() == 1;
  const unsigned edits = plan_.list_unsubscribe ? 3 : 2;
  if (fields_edited_ != (offers ? edits : 0U))
    wrong(fmt::format("{} fields edited", fields_edited_), answer);
  finish_message();
}

void Conversation::wrong(std::string_view what, const Packet& answer) {
  if (tally_.wrong++ == 0) {
    tally_.first_wrong =
        fmt::format("{}: answered '{}' {}", what, answer.letter, answer.payload.substr(0, 200));
  }
}

}  // namespace optout::bench
