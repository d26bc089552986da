// What is to happen to a recipient or a message, as a value: printable, comparable, and with its
// reason.

#pragma once

#include "suppression/store.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout {

// The words of configuration, log and metrics.
enum class Action { accept, reject, strip, defer };
std::string_view to_string(Action action) noexcept;

// Why somebody is accepted without being looked up.
enum class Exemption { none, postmaster, automatic_report };
std::string_view to_string(Exemption exemption) noexcept;

struct Verdict {
  Action action = Action::accept;
  std::optional<Listing> listing;  // reject, strip: where it was found
  std::optional<Error> fault;      // defer; accept: went out unchecked, as the administrator chose
  Exemption exemption = Exemption::none;  // accept

  static Verdict accept() { return {}; }
  static Verdict exempt(Exemption why) { return {.listing = {}, .fault = {}, .exemption = why}; }
  static Verdict unchecked(Error why) { return {.listing = {}, .fault = std::move(why)}; }
  static Verdict reject(Listing where) { return {Action::reject, std::move(where), {}, {}}; }
  static Verdict strip(Listing where) { return {Action::strip, std::move(where), {}, {}}; }
  static Verdict defer(Error why) { return {Action::defer, {}, std::move(why), {}}; }

  friend bool operator==(const Verdict&, const Verdict&) = default;
};

// For tests and messages: "strip (set list:news.example.com)".
std::string to_string(const Verdict& verdict);

// The verdict on a message at its end, and on each recipient still in it, in the order given.
struct MessageVerdict {
  Verdict message;                  // accept, reject, defer
  std::vector<Verdict> recipients;  // accept or strip where the message is accepted

  friend bool operator==(const MessageVerdict&, const MessageVerdict&) = default;
};

}  // namespace optout
