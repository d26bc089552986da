#include "optoutctl/recorder.h"

#include <charconv>
#include <string_view>

namespace optout {
namespace {

using Json = nlohmann::ordered_json;

// The number behind the type octet ("*3\r\n", "$5\r\n") that `wire` begins with, which is taken
// off. We formatted this ourselves, so it is well formed.
std::size_t take_number(std::string_view& wire) {
  std::size_t number = 0;
  const auto end = wire.find("\r\n");
  std::from_chars(wire.data() + 1, wire.data() + end, number);
  wire.remove_prefix(end + 2);
  return number;
}

std::vector<std::string> take_command(std::string_view& wire) {
  std::vector<std::string> words(take_number(wire));
  for (std::string& word : words) {
    const std::size_t size = take_number(wire);
    word = wire.substr(0, size);
    wire.remove_prefix(size + 2);
  }
  return words;
}

Json copy_of(const redis::Reply& reply) {
  if (reply.is_error()) return {{"error", reply.text()}};
  if (reply.is_integer()) return reply.integer();
  if (reply.is_string()) return reply.text();
  if (!reply.is_array()) return nullptr;
  Json elements = Json::array();
  for (std::size_t i = 0; i < reply.size(); ++i)
    elements.push_back(copy_of(reply[i]));
  return elements;
}

Error only_looking() {
  return {Fault::internal, "this store is only for looking"};
}

}  // namespace

Result<std::vector<redis::Reply>> RecordingExecutor::run(const redis::Commands& commands,
                                                         redis::Clock::time_point deadline,
                                                         Repeat repeat) {
  auto replies = behind_.run(commands, deadline, repeat);
  std::string_view wire = commands.wire();
  for (std::size_t i = 0; i < commands.count(); ++i) {
    Json reply = replies && i < replies->size() ? copy_of((*replies)[i])
                 : replies                      ? Json()
                                                : Json{{"error", replies.error().detail}};
    questions_.push_back({take_command(wire), std::move(reply)});
  }
  return replies;
}

Result<std::vector<Answer>> RecordingStore::find(std::span<const Spellings> recipients,
                                                 std::span<const SetName> sets, FetchEvidence fetch,
                                                 redis::Companion* along) {
  auto answers = behind_->find(recipients, sets, fetch, along);
  lookups_.push_back({{recipients.begin(), recipients.end()}, answers});
  return answers;
}

Result<Recorded> RecordingStore::record(const OptOut& opt_out) {
  if (auto reached = behind_->find({}, {}, FetchEvidence::if_listed); !reached)
    return std::move(reached).error();
  would_record_.push_back(opt_out);
  return Recorded::added;
}

Result<bool> RecordingStore::withdraw(std::string_view, const SetName&, std::string_view,
                                      std::string_view) {
  return only_looking();
}

Result<std::vector<Listing>> RecordingStore::listings(const Spellings& recipient,
                                                      std::span<const SetName> sets) {
  return behind_->listings(recipient, sets);
}

Result<bool> RecordingStore::init(std::string_view) {
  return only_looking();
}

}  // namespace optout
