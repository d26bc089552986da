// A relay in memory whose newsletters carry a way to unsubscribe by mail and by link.

#pragma once

#include "relay_in_memory.h"
#include "support/http.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe/token.h"
#include "util/day.h"

#include <chrono>
#include <optional>
#include <string>

namespace optout::test {

struct Newsletters : Relay {
  Stream& newsletters;

  Newsletters() : newsletters(with_streams(config)) {
    config.unsubscribe.domain = "optout.example";
    config.unsubscribe.link = "https://optout.example/u/";
    config.unsubscribe.keys = {{1, {.secret = std::string(31, 'a') + "b"}},
                               {2, {.secret = std::string(31, 'c') + "d"}}};
  }

  // As if mail of the list had gone out.
  void know(const std::string& list) {
    static_cast<void>(registry->note({.id = list,
                                      .tenant = {},
                                      .name = {},
                                      .reference = set_reference(SetName::list(list)),
                                      .first_seen = {}}));
  }

  // The local part and domain for a token of this address and set.
  std::string asking(const std::string& address, const std::optional<SetName>& set,
                     std::chrono::sys_days issued = today()) const {
    Token token{.issued = issued, .scope = {}, .address = address, .stored = {}};
    if (set) token.scope = set_reference(*set);
    const auto text = Tokens(config.unsubscribe.keys).mint(Purpose::reply, token);
    return "<" + reply_address(*text, config.unsubscribe.domain) + ">";
  }

  double value_of(const std::string& metric) const {
    return metric_on(meters.text(), metric).value_or(-1);
  }

  bool has_opted_out(const std::string& address, const SetName& set) {
    const Spellings spellings{{address}};
    const auto answer = store->find({&spellings, 1}, {&set, 1}, FetchEvidence::if_listed);
    return answer && !answer->front().empty();
  }

private:
  static Stream& with_streams(Config& config) {
    Stream newsletters;
    newsletters.name = "newsletters";
    newsletters.when.header = {{"list-id", {"*.example.com"}}};
    newsletters.honours = {"global", "stream", "list", "complaint", "bounce", "block"};
    newsletters.on_opted_out = OnOptedOut::strip;
    newsletters.list_unsubscribe = ListUnsubscribe::add;
    config.streams = {newsletters, Stream{}};
    return config.streams.front();
  }
};

}  // namespace optout::test
