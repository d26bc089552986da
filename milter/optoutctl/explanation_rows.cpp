// An explanation for programs: a JSON object, or a row for each recipient. Names, order and meaning
// are an interface, and documented in optoutctl(1).

#include "optoutctl/explanation_output.h"
#include "optoutctl/explanation_words.h"

#include <string>
#include <string_view>

namespace optout {
namespace {

using Json = nlohmann::ordered_json;

Cell text_or_nothing(std::string_view text) {
  return text.empty() ? Cell() : Cell(std::string(text));
}

Json json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth;
  return nullptr;
}

Json text_or_null(std::string_view text) {
  return json_of(text_or_nothing(text));
}

Json streams(const Explanation& told) {
  Json all = Json::array();
  for (const ExplainedStream& explained : told.streams) {
    const Stream& stream = *explained.stream;
    all.push_back({{"name", stream.name},
                   {"can_win", explained.can_win},
                   {"header_conditions", text_or_null(header_conditions(stream.when))},
                   {"wins", explained.stream == told.winner},
                   {"why_not", text_or_null(why_not_chosen(told, explained))}});
  }
  return all;
}

Json recipients(const Explanation& told) {
  const std::vector<Column> columns = recipient_columns();
  Json all = Json::array();
  for (const ExplainedRecipient& recipient : told.recipients) {
    const Row row = recipient_row(told, recipient);
    Json object = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i)
      object[std::string(columns[i].name)] = json_of(row[i]);
    object["spellings"] = recipient.members;
    all.push_back(std::move(object));
  }
  return all;
}

void add_questions(Json& all, std::string_view step, const std::vector<Question>& asked) {
  for (const auto& [command, reply] : asked)
    all.push_back({{"step", step}, {"key", command[1]}, {"command", command}, {"reply", reply}});
}

Json keys_read(const Explanation& told) {
  Json all = Json::array();
  for (const ExplainedRecipient& recipient : told.recipients)
    add_questions(all, "rcpt", recipient.asked);
  add_questions(all, "data", told.asked_at_data);
  add_questions(all, "end", told.asked_at_end);
  return all;
}

Json headers_added(const Explanation& told) {
  Json all = Json::array();
  for (const auto& [name, value] : told.added)
    all.push_back({{"name", name}, {"value", value}});
  return all;
}

Json would_record(const Explanation& told) {
  Json all = Json::array();
  for (const OptOut& asked : told.would_record) {
    all.push_back({{"member", asked.member},
                   {"set", asked.set.text()},
                   {"tenant", text_or_null(std::string(asked.set.tenant()))},
                   {"source", to_string(asked.evidence.source)}});
  }
  return all;
}

}  // namespace

std::vector<Column> recipient_columns() {
  return {{"address"},       {"key"},    {"action"}, {"deliverable"}, {"reply"},
          {"message_reply"}, {"stream"}, {"set"},    {"tenant"},      {"since"},
          {"source"},        {"member"}, {"exempt"}, {"reason"}};
}

Row recipient_row(const Explanation& told, const ExplainedRecipient& recipient) {
  const Verdict& verdict = recipient.verdict;
  const Listing listing = verdict.listing.value_or(Listing{});
  const Evidence evidence = listing.evidence.value_or(Evidence{});
  const bool exempt = verdict.exemption != Exemption::none;
  return {recipient.address,
          text_or_nothing(recipient.key.key),
          action_word(told, recipient),
          recipient.delivered,
          smtp_reply(recipient.reply),
          told.reply ? Cell(smtp_reply(*told.reply)) : Cell(),
          told.winner->name,
          text_or_nothing(listing.set.text()),
          text_or_nothing(listing.set.tenant()),
          listing.evidence ? Cell(to_string(evidence.since)) : Cell(),
          verdict.listing ? Cell(std::string(to_string(evidence.source))) : Cell(),
          text_or_nothing(listing.member),
          exempt ? Cell(std::string(to_string(verdict.exemption))) : Cell(),
          text_or_nothing(reason(recipient))};
}

void print_json(const Explanation& told, std::FILE* to) {
  const Message& message = told.message;
  const Json object = {{"envelope",
                        {{"from", told.envelope.sender},
                         {"auth", text_or_null(message.auth)},
                         {"client", text_or_null(message.client)},
                         {"listener", text_or_null(message.listener)},
                         {"pickup", message.pickup}}},
                       {"streams", streams(told)},
                       {"decided_at", told.decides_at_recipient ? "rcpt" : "end"},
                       {"decided_because", why_decided_when(told)},
                       {"recipients", recipients(told)},
                       {"keys_read", keys_read(told)},
                       {"stream", told.winner->name},
                       {"mode", told.monitor() ? "monitor" : "enforce"},
                       {"list", told.list_id ? Json(*told.list_id) : Json()},
                       {"message_action", action_word(told.verdict.action, told.monitor())},
                       {"message_reply", told.reply ? Json(smtp_reply(*told.reply)) : Json()},
                       {"would_record", would_record(told)},
                       {"headers_removed", told.removed},
                       {"headers_added", headers_added(told)},
                       {"held", told.held ? Json(*told.held) : Json()},
                       {"deliverable", told.delivered()},
                       {"guard", told.would_count ? Json("not asked") : Json()}};
  const std::string text = object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  std::fwrite(text.data(), 1, text.size(), to);
}

}  // namespace optout
