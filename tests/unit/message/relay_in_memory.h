// A relay without sockets: a store in memory, and an MTA that is a notebook.
//
// Ann has opted out of everything, Eve of the list news.example.com.

#pragma once

#include "session/session.h"
#include "suppression/memory_registry.h"
#include "suppression/memory_store.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace optout::test {

class Notebook final : public Mta {
public:
  std::map<std::string, std::string> macros{{"{daemon_port}", "25"}};
  std::vector<std::string> deleted;
  std::vector<std::string> added;    // "Name: value"
  std::vector<std::string> removed;  // "Name 1"
  std::string held;                  // the reason
  bool can_edit = true;

  std::string_view macro(const char* name) override {
    const auto found = macros.find(name);
    return found == macros.end() ? std::string_view() : found->second;
  }
  bool delete_recipient(const std::string& as_given) override {
    deleted.push_back(as_given);
    return can_edit;
  }
  bool add_header(const char* name, const std::string& value) override {
    added.push_back(std::string(name) + ": " + value);
    return can_edit;
  }
  bool remove_header(const char* name, unsigned index) override {
    removed.push_back(std::string(name) + " " + std::to_string(index));
    return can_edit;
  }
  bool hold(const std::string& reason) override {
    held = reason;
    return can_edit;
  }
};

// Counts how often it is asked, and the round trips that a real one would need.
class CountingStore : public SuppressionStore {
public:
  Instant now{};
  MemoryStore memory{[this] { return now; }};
  unsigned asked = 0;
  unsigned round_trips = 0;

  Result<std::vector<Answer>> find(std::span<const Spellings> recipients,
                                   std::span<const SetName> sets, FetchEvidence fetch,
                                   redis::Companion* along) override {
    ++asked;
    ++round_trips;
    auto answers = memory.find(recipients, sets, fetch, along);
    const bool listed =
        answers && std::any_of(answers->begin(), answers->end(),
                               [](const Answer& answer) { return !answer.empty(); });
    if (listed && fetch == FetchEvidence::if_listed) ++round_trips;
    return answers;
  }
  Result<Recorded> record(const OptOut& opt_out) override { return memory.record(opt_out); }
  Result<bool> withdraw(std::string_view member, const SetName& set, std::string_view by,
                        std::string_view because) override {
    return memory.withdraw(member, set, by, because);
  }
  Result<std::vector<Listing>> listings(const Spellings& recipient,
                                        std::span<const SetName> sets) override {
    return memory.listings(recipient, sets);
  }
  Result<bool> init(std::string_view by) override { return memory.init(by); }
};

struct Relay {
  Config config;
  std::shared_ptr<CountingStore> counted = std::make_shared<CountingStore>();
  MemoryStore* store = &counted->memory;
  std::shared_ptr<MemoryRegistry> registry = std::make_shared<MemoryRegistry>();
  Meters meters;  // before the snapshot, whose confirmer counts on a thread of its own
  CurrentSnapshot snapshot;
  Activity activity;
  Confirming confirming;
  ContentWatch content_watch;
  Notebook mta;
  std::unique_ptr<Session> session;

  Relay() {
    static_cast<void>(store->init("test"));
    store->add_as_others_do("ann@example.com", SetName::global());
    store->add_as_others_do("eve@example.com", SetName::list("news.example.com"));
  }

  // Begins a message, on a new session the first time.
  Session& mail(const std::string& sender = "<shop@our.example>", bool recipients_answered = true) {
    snapshot.set(make_snapshot(config, counted, registry, &meters, confirming));
    if (!session)
      session = std::make_unique<Session>(snapshot, activity, content_watch, recipients_answered);
    session->mail(sender, mta);
    return *session;
  }
  std::string rcpt(const std::string& address) {
    return session->recipient(address, mta).to_string();
  }
  std::string end() { return session->end_of_message(mta).to_string(); }
};

}  // namespace optout::test
