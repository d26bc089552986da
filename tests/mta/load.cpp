#include "mta/load.h"

#include "mta/queued_message.h"

#include <fmt/format.h>

#include <set>
#include <stdexcept>

namespace optout::test {
namespace {

using namespace std::chrono_literals;

constexpr int kOptedOut = 40;                // different recipients, per kind
constexpr int kMessagesAtMost = 5000;        // per sender: an end, whatever goes wrong
constexpr auto kPatience = 60s;              // of a sender with one message
constexpr std::size_t kEnoughToRead = 2000;  // bytes of complaints
constexpr std::string_view kList = "load.example.com";

std::string opted_out(int i) {
  return fmt::format("gone{}@example.net", i % kOptedOut);
}
std::string off_the_list(int i) {
  return fmt::format("off{}@example.net", i % kOptedOut);
}

bool is_unwanted(std::string_view recipient, std::string_view data) {
  if (recipient.starts_with("<gone")) return true;
  return recipient.starts_with("<off") && data.find("List-Id:") != std::string_view::npos;
}

}  // namespace

void Load::prepare(Relay& relay) {
  std::vector<std::string> global{"SADD", "optout:set:global"};
  std::vector<std::string> list{"SADD", fmt::format("optout:set:list:{}", kList)};
  for (int i = 0; i < kOptedOut; ++i) {
    global.push_back(opted_out(i));
    list.push_back(off_the_list(i));
  }
  relay.redis.cli(global);
  relay.redis.cli(list);
  if (const Finished init = relay.milter.ctl({"init"}); init.exit_status != 0) {
    throw std::runtime_error("optoutctl init: " + init.err);
  }
}

Load::Load(const Relay& relay, int senders) : relay_(relay) {
  for (int i = 0; i < senders; ++i)
    threads_.emplace_back([this, i] { send_until_told(i); });
}

Load::~Load() {
  enough_ = true;
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Load::complain(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  if (complaints_.size() < kEnoughToRead) complaints_ += sentence + "\n";
}

void Load::send_until_told(int sender) {
  for (int i = 0; i < kMessagesAtMost && !enough_; ++i) {
    const bool on_a_list = i % 3 == 0;
    QueuedMessage message;
    message.id = fmt::format("{}-{}@load.example", sender, i);
    message.header = on_a_list ? fmt::format("List-Id: <{}>\r\n", kList) : std::string();
    const std::string wants = fmt::format("<wants{}-{}@example.com>", sender, i);
    message.recipients = {wants, fmt::format("<{}>", on_a_list ? off_the_list(i) : opted_out(i))};
    {
      const std::lock_guard lock(mutex_);
      wanted_.push_back(message.id + " " + wants);
    }
    const auto end = std::chrono::steady_clock::now() + kPatience;
    auto pause = 10ms;
    while (!message.recipients.empty() && std::chrono::steady_clock::now() < end) {
      if (attempt(message, relay_.postfix.port())) continue;
      ++deferrals_;
      std::this_thread::sleep_for(pause);  // as every MTA does before it tries again
      pause = std::min(pause * 2, 160ms);
    }
    for (const std::string& recipient : message.recipients) {
      complain(fmt::format("{}: {} was put off for too long", message.id, recipient));
    }
    for (const std::string& recipient : message.refused) {
      if (recipient.starts_with("<wants")) complain(message.id + ": refused: " + recipient);
    }
    ++finished_;
  }
}

bool Load::wait_for_messages(int more) const {
  return wait_until([this, until = finished_ + more] { return finished_ >= until; }, kPatience);
}

bool Load::wait_for_deferrals(int more) const {
  return wait_until([this, until = deferrals_ + more] { return deferrals_ >= until; }, kPatience);
}

std::string Load::finish() {
  enough_ = true;
  for (std::thread& thread : threads_)
    thread.join();
  if (!relay_.postfix.wait_until_empty()) complain("left in the queue:\n" + relay_.postfix.queue());

  std::set<std::string> arrived;
  for (const Delivery& delivery : relay_.sink.deliveries()) {
    const std::size_t start = delivery.data.find("Message-Id: <") + 13;
    const std::string id = delivery.data.substr(start, delivery.data.find('>', start) - start);
    for (const std::string& recipient : delivery.recipients) {
      const std::string path = recipient.substr(0, recipient.find('>') + 1);
      if (is_unwanted(path, delivery.data)) complain(id + ": delivered to the opted-out " + path);
      arrived.insert(id + " " + path);
    }
  }
  for (const std::string& wanted : wanted_) {
    if (!arrived.contains(wanted)) complain(wanted + ": lost");
  }
  return complaints_;
}

}  // namespace optout::test
