// Plays a dialog over the milter socket, as the MTA: what Postfix would do with each reply is done
// here.

#include "dialogs/message_fields.h"
#include "dialogs/player.h"
#include "support/milter_client.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace optout::test {
namespace {

// What the client sees of a reply.
std::string as_smtp(const MilterReply& reply) {
  return reply.is_positive() ? "250" : reply.to_string();
}

// Postfix keeps a recipient without its route, and compares byte by byte with what it is told to
// delete.
std::string as_kept(const std::string& path) {
  const std::string plain = without_brackets(path);
  const std::size_t colon = plain.find(':');
  return plain.starts_with('@') && colon != std::string::npos ? plain.substr(colon + 1) : plain;
}

// An MTA shows a field as it came, but for its ends of lines.
std::pair<std::string, std::string> header_field(const Step& step) {
  auto [name, value] = split_field(step.rest);
  if (!step.block.empty()) value += "\n" + step.block.substr(0, step.block.size() - 1);
  return {std::move(name), std::move(value)};
}

// As Postfix does, which counts fields of a name from 1.
void apply(const HeaderChange& change, std::vector<std::pair<std::string, std::string>>& fields) {
  std::uint32_t seen = 0;
  const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& each) {
    return same_field_name(each.first, change.name) && ++seen == change.index;
  });
  if (field == fields.end()) return;
  if (change.value.empty()) {
    fields.erase(field);
  } else {
    field->second = change.value;
  }
}

class MilterPlayer final : public Player {
private:
  void begin() override {
    client_.reset();
    client_address_ = "192.0.2.10";
    macros_.clear();
    pickup_ = false;
  }

  void end() override {
    if (client_) client_->quit();
    client_.reset();
  }

  void mail_step(const Step& step) override {
    std::string_view rest = step.rest;
    if (step.verb == "CLIENT") {
      client_address_ = take_word(rest);
    } else if (step.verb == "AUTH") {
      macros_.insert(macros_.end(), {{"{auth_authen}", step.rest}, {"{auth_type}", "PLAIN"}});
    } else if (step.verb == "LISTENER") {
      macros_.emplace_back("{daemon_name}", step.rest);
    } else if (step.verb == "PICKUP") {
      be_pickup();
    } else if (step.verb == "MACRO") {
      const std::string name = take_word(rest);
      connected().set_macro(name, std::string(rest));
    } else if (step.verb == "FROM") {
      mail(parse_address_step(rest));
    } else if (step.verb == "TO") {
      recipient(parse_address_step(rest));
    } else if (step.verb == "HEADER") {
      headers_.push_back(header_field(step));
    } else if (step.verb == "BODY") {
      body_ += step.rest + "\r\n";
    } else if (step.verb == "DATA") {
      data_sent_ = true;
      expect(step.rest.empty() ? "250" : step.rest, as_smtp(connected().data()));
    } else if (step.verb == "END") {
      finish(step.rest);
    } else if (step.verb == "GONE") {
      if (is_kept(step.rest)) throw std::runtime_error("is still a recipient");
    } else if (step.verb == "KEPT") {
      if (!is_kept(parse_address_step(rest).address)) {
        throw std::runtime_error("is no recipient any more");
      }
    } else if (step.verb == "HELD") {
      if (!is_held()) throw std::runtime_error("no quarantine was asked for");
    } else if (step.verb == "ADDED") {
      if (!is_added(rest)) throw std::runtime_error("was not asked for");
    } else if (step.verb == "UNCHANGED") {
      if (!is_unchanged()) throw std::runtime_error("a change was asked for");
    } else if (step.verb == "ABORT") {
      connected().abort();
    } else if (step.verb == "QUIT") {
      end();
    }
  }

  void be_pickup() {
    pickup_ = true;
    client_address_ = "127.0.0.1";
    macros_.insert(macros_.end(), {{"{daemon_port}", "0"}, {"i", "4Pickup001"}});
  }

  MilterClient& connected() {
    if (client_) return *client_;
    client_.emplace(address());
    for (const auto& [name, value] : macros_)
      client_->set_macro(name, value);
    client_->negotiate();
    client_->connect(pickup_ ? "localhost" : "client.example", client_address_, 40000);
    client_->helo(pickup_ ? "localhost" : "client.example");
    return *client_;
  }

  std::string spelled(const std::string& path) const {
    return pickup_ ? without_brackets(path) : path;  // pickup(8) has no brackets
  }

  void mail(const AddressStep& from) {
    accepted_.clear();
    headers_.clear();
    body_.clear();
    data_sent_ = false;
    expect(from.expected.empty() ? "250" : from.expected,
           as_smtp(connected().mail(spelled(from.address), from.parameters)));
  }

  void recipient(const AddressStep& to) {
    const auto reply = connected().recipient(spelled(to.address), to.parameters);
    if (reply.is_positive()) accepted_.push_back(as_kept(to.address));
    expect(to.expected.empty() ? "250" : to.expected, as_smtp(reply));
  }

  void finish(const std::string& expected) {
    MilterClient& client = connected();
    if (!data_sent_) client.data();
    for (const auto& [name, value] : headers_)
      client.header(name, value);
    client.end_of_headers();
    client.body(body_.empty() ? "Hello.\r\n" : body_);
    finish_ = client.end_of_message();
    expect(expected, finish_.reply.is_positive() ? "accept" : finish_.reply.to_string());
  }

  std::vector<std::string> headers() const override {
    if (!finish_.reply.is_positive()) return {};
    auto fields = headers_;
    for (const HeaderChange& change : finish_.changed)
      apply(change, fields);
    fields.insert(fields.end(), finish_.added.begin(), finish_.added.end());
    std::string header;
    for (const auto& [name, value] : fields)
      header.append(name).append(": ").append(with_crlf(value)).append("\r\n");
    return {header};
  }

  bool is_held() const { return finish_.reply.is_positive() && finish_.quarantine; }

  bool is_added(std::string_view field) const {
    const auto wanted = split_field(field);  // a name and a pattern
    return std::any_of(finish_.added.begin(), finish_.added.end(), [&](const auto& added) {
      return same_field_name(added.first, wanted.first) &&
             matches(wanted.second, split_field(":" + added.second).second);
    });
  }

  // Apart from recipients.
  bool is_unchanged() const {
    return finish_.reply.is_positive() && finish_.added.empty() && finish_.changed.empty() &&
           finish_.edits.empty();
  }

  bool is_kept(const std::string& path) const {
    const auto names = [&](const std::string& deleted) {
      return without_brackets(deleted) == as_kept(path);
    };
    return finish_.reply.is_positive() && !finish_.quarantine &&
           std::find(accepted_.begin(), accepted_.end(), as_kept(path)) != accepted_.end() &&
           std::none_of(finish_.deleted.begin(), finish_.deleted.end(), names);
  }

  std::optional<MilterClient> client_;
  std::string client_address_;
  bool pickup_ = false;
  std::vector<std::pair<std::string, std::string>> macros_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
  bool data_sent_ = false;
  std::vector<std::string> accepted_;
  MilterFinish finish_;
};

}  // namespace

std::unique_ptr<Player> make_milter_player() {
  return std::make_unique<MilterPlayer>();
}

}  // namespace optout::test
