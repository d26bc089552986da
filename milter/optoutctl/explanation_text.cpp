// An explanation as prose: what is said at which step of SMTP, and why.

#include "address/ascii.h"
#include "address/wrapping.h"
#include "log/log.h"
#include "optoutctl/explanation_output.h"
#include "optoutctl/explanation_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace optout {
namespace {

constexpr std::size_t kLongestText = 1000;  // of a line that holds text from outside
constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;  // what is not UTF-8

// Without the folds.
std::string on_one_line(std::string value) {
  std::erase(value, '\n');
  std::replace(value.begin(), value.end(), '\t', ' ');
  return value;
}

// Whether a stream that can win, or policy, looks at such fields.
bool matters(const Explanation& told, std::string_view field_name) {
  const std::string name = ascii::lowered(field_name);
  if (name == "list-id") return true;
  if (name == "auto-submitted" || name == "content-type") return told.envelope.null_sender;
  return std::any_of(told.candidates.begin(), told.candidates.end(), [&](const Stream* stream) {
    const Conditions& when = stream->when;
    if (name == "from") return !when.from.empty();
    return std::any_of(when.header.begin(), when.header.end(),
                       [&](const HeaderCondition& condition) { return condition.name == name; });
  });
}

class Printer {
public:
  Printer(const Explanation& told, std::FILE* to) : told_(told), to_(to) {}

  void print() {
    mail();
    for (const ExplainedRecipient& recipient : told_.recipients)
      rcpt(recipient);
    if (!told_.reply) {
      line(0, "no recipient is left: the MTA ends the message here");
    } else {
      data();
      if (!told_.decided_at_data) {
        header();
        end();
      }
    }
    result();
  }

private:
  // Everything goes through here, and nothing of it reaches the terminal unescaped.
  void line(std::size_t depth, std::string_view text) {
    fmt::print(to_, "{:{}}{}\n", "", depth * 2, log::escaped(text, kLongestText));
  }

  void mail() {
    const Message& message = told_.message;
    std::vector<std::string> said;
    const auto say = [&](std::string_view what, const std::string& value) {
      if (!value.empty()) said.push_back(fmt::format("{} {}", what, value));
    };
    say("sasl", message.auth);
    say("client", message.client);
    say("listener", message.listener);
    if (message.pickup) said.emplace_back("by pickup");
    line(0, fmt::format("MAIL FROM:<{}>{}{}", without_brackets(message.sender),
                        said.empty() ? "" : "  ", fmt::join(said, ", ")));
    for (const ExplainedStream& stream : told_.streams)
      line(1, fmt::format("stream {}: {}", stream.stream->name, standing_at_mail(stream)));
    line(1, fmt::format("recipients are decided about at {}: {}",
                        told_.decides_at_recipient ? "RCPT" : "end of message",
                        why_decided_when(told_)));
  }

  std::string standing_at_mail(const ExplainedStream& stream) const {
    const std::string on_header = header_conditions(stream.stream->when);
    if (!stream.can_win) return "no: " + why_not_chosen(told_, stream);
    if (!on_header.empty()) return "if " + on_header;
    if (told_.candidates.size() > 1) return "yes, unless one before it wins by the header";
    return stream.stream->when.empty() ? "yes, it takes what is left"
                                       : "yes, all its conditions hold";
  }

  void rcpt(const ExplainedRecipient& recipient) {
    line(0, fmt::format("RCPT TO:<{}>", without_brackets(recipient.address)));
    if (!recipient.key.key.empty()) line(1, "key " + recipient.key.key);
    questions(recipient.asked);
    const bool decided = told_.decided_at_data || recipient.reply.refuses() ||
                         recipient.verdict.exemption == Exemption::postmaster;
    if (const std::string why = reason(recipient); decided && !why.empty()) line(1, why);
    line(1, fmt::format("reply {}{}", smtp_reply(recipient.reply),
                        told_.decides_at_recipient || recipient.reply.refuses()
                            ? ""
                            : ", as the end of the message decides"));
  }

  void questions(const std::vector<Question>& asked) {
    std::string last_error;  // where one of them gets no answer, none does: said once
    for (const Question& question : asked) {
      std::string said = answer(question);
      if (question.reply.is_object()) said = said == last_error ? "no answer" : last_error = said;
      line(1, fmt::format("asked {} -> {}", fmt::join(question.command, " "), said));
    }
  }

  // Of a lookup, who is in the set; of all else the reply as it is.
  static std::string answer(const Question& question) {
    const auto& [command, reply] = question;
    if (reply.is_object()) return "no answer: " + reply.begin()->get<std::string>();
    if (command.front() != "SMISMEMBER" || reply.size() + 2 != command.size())
      return reply.dump(-1, ' ', false, kReplace);
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i < reply.size(); ++i) {
      if (reply[i] == 1) found.emplace_back(command[i + 2]);
    }
    return found.empty() ? "nobody" : fmt::format("{}", fmt::join(found, " "));
  }

  void data() {
    if (told_.asked_at_data.empty() && !told_.decided_at_data) return;
    line(0, "DATA");
    questions(told_.asked_at_data);
    if (told_.decided_at_data)
      line(1, "decided: nothing in the header could change anything, so it is not looked at");
  }

  void header() {
    line(0, "header");
    for (const HeaderField& field : told_.message.header) {
      if (matters(told_, field.name))
        line(1, fmt::format("{}: {}", field.name, on_one_line(field.value)));
    }
    if (!told_.why_no_list.empty())
      line(1, fmt::format("{}: opt-outs from a list cannot be looked up", told_.why_no_list));
    for (const ExplainedStream& stream : told_.streams) {
      if (stream.stream == told_.winner) break;
      if (stream.can_win)
        line(1,
             fmt::format("stream {}: no: {}", stream.stream->name, why_not_chosen(told_, stream)));
    }
    line(1, fmt::format("stream {} wins", told_.winner->name));
  }

  void end() {
    line(0, "end of message");
    questions(told_.asked_at_end);
    for (const OptOut& asked : told_.would_record) {
      const SetName& set = asked.set;
      line(1, fmt::format("records {} in set {}{}{}", asked.member, set.text(),
                          set.tenant().empty() ? "" : " of tenant ", set.tenant()));
    }
    for (const std::string& name : told_.removed)
      line(1, fmt::format("removes {}", name));
    for (const auto& [name, value] : told_.added)
      line(1, fmt::format("adds {}: {}", name, on_one_line(value)));
    if (told_.held) line(1, "holds the message: " + *told_.held);
    line(1, "reply " + smtp_reply(*told_.reply));
  }

  void result() {
    line(0, "result");
    for (const ExplainedRecipient& recipient : told_.recipients) {
      const std::string why = reason(recipient);
      const bool plain = recipient.verdict.action == Action::accept && !recipient.is_request;
      const std::string action = action_word(told_, recipient);
      std::string end = plain && why.empty() ? "" : fmt::format(": {}", action);
      if (!why.empty()) end += fmt::format(" ({})", why);
      line(1,
           fmt::format("{} {}{}", without_brackets(recipient.address), delivery(recipient), end));
    }
    if (told_.would_count) line(1, "the bulk guard is not asked");
    if (told_.monitor())
      line(1, fmt::format("stream {} only monitors: nothing is changed", told_.winner->name));
  }

  static std::string_view delivery(const ExplainedRecipient& recipient) {
    if (recipient.delivered) return "gets the message";
    if (recipient.verdict.action == Action::defer) return "does not get it yet";
    if (recipient.verdict.action == Action::hold) return "does not get it unless it is released";
    return "does not get it";
  }

  const Explanation& told_;
  std::FILE* to_;
};

}  // namespace

void print_steps(const Explanation& told, std::FILE* to) {
  Printer(told, to).print();
}

}  // namespace optout
