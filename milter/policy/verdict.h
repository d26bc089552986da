// What is to happen to a recipient or a message, as a value: printable, comparable, and with its
// reason.

#pragma once

#include "guard/overrun.h"
#include "suppression/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// The words of configuration, log and metrics.
enum class Action { accept, reject, strip, defer, hold, tag };  // tag: "accept-and-tag"
std::string_view to_string(Action action) noexcept;

// Why somebody is accepted without being looked up.
enum class Exemption { none, postmaster, automatic_report };
std::string_view to_string(Exemption exemption) noexcept;

struct Verdict {
  Action action = Action::accept;
  std::optional<Listing> listing;  // reject, strip, hold, tag: where it was found
  bool barred = false;             // reject, strip: recipients_only names others
  bool no_way_out = false;         // reject: no List-Unsubscribe, and the stream requires it
  bool no_address = false;         // strip: no mail can go there
  std::optional<Overrun> overrun;  // reject, defer, hold: the bulk guard says so
  bool uncounted = false;          // defer: it is the bulk guard that cannot tell
  std::optional<Error> fault;      // defer; accept: went out unchecked, as the administrator chose
  Exemption exemption = Exemption::none;  // accept

  static Verdict accept() { return {}; }
  static Verdict exempt(Exemption why) {
    Verdict verdict;
    verdict.exemption = why;
    return verdict;
  }
  static Verdict unchecked(Error why) { return because_of(Action::accept, std::move(why)); }
  static Verdict defer(Error why) { return because_of(Action::defer, std::move(why)); }
  static Verdict reject(Listing where) { return because_of(Action::reject, std::move(where)); }
  static Verdict strip(Listing where) { return because_of(Action::strip, std::move(where)); }
  static Verdict tag(Listing where) { return because_of(Action::tag, std::move(where)); }
  static Verdict bar() {
    Verdict verdict;
    verdict.action = Action::reject;
    verdict.barred = true;
    return verdict;
  }

  static Verdict no_such_address() {
    Verdict verdict;
    verdict.action = Action::strip;
    verdict.no_address = true;
    return verdict;
  }
  static Verdict lack_of_way_out() {
    Verdict verdict;
    verdict.action = Action::reject;
    verdict.no_way_out = true;
    return verdict;
  }

  static Verdict over_limit(Action action, Overrun overrun) {
    Verdict verdict;
    verdict.action = action;
    verdict.overrun = std::move(overrun);
    return verdict;
  }
  static Verdict uncounted_sender(Error why) {
    Verdict verdict = defer(std::move(why));
    verdict.uncounted = true;
    return verdict;
  }

  friend bool operator==(const Verdict&, const Verdict&) = default;

private:
  static Verdict because_of(Action action, Listing where) {
    Verdict verdict;
    verdict.action = action;
    verdict.listing = std::move(where);
    return verdict;
  }
  static Verdict because_of(Action action, Error why) {
    Verdict verdict;
    verdict.action = action;
    verdict.fault = std::move(why);
    return verdict;
  }
};

// For tests and messages: "strip (set list:news.example.com)".
std::string to_string(const Verdict& verdict);

// The verdict on a message at its end, and on each recipient still in it, in the order given.
struct MessageVerdict {
  Verdict message;                  // accept, reject, defer, hold
  std::vector<Verdict> recipients;  // what is done to each, be the message accepted, held or not

  friend bool operator==(const MessageVerdict&, const MessageVerdict&) = default;
};

}  // namespace optout
