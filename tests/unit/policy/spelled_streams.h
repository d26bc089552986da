// Streams and standings written as a word or two, so that a table of them reads like the manual.

#pragma once

#include "policy/policy.h"

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

inline std::vector<std::string> words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> all;
  for (std::string word; in >> word;)
    all.push_back(word);
  return all;
}

// "strip honours=global,bounce mixed=reject outage=accept only=*@example.com monitor tenant=acme
// unsubscribe=add"
inline Stream stream(std::string_view text) {
  Stream stream;
  for (const std::string& word : words(text)) {
    const std::string key = word.substr(0, word.find('='));
    const std::string value = word.substr(std::min(word.size(), key.size() + 1));
    if (key == "reject")
      stream.on_opted_out = OnOptedOut::reject;
    else if (key == "strip")
      stream.on_opted_out = OnOptedOut::strip;
    else if (key == "hold")
      stream.on_opted_out = OnOptedOut::hold;
    else if (key == "tag")
      stream.on_opted_out = OnOptedOut::tag;
    else if (word == "mixed=strip")
      stream.on_mixed = OnMixed::strip;
    else if (word == "mixed=reject")
      stream.on_mixed = OnMixed::reject;
    else if (word == "mixed=hold")
      stream.on_mixed = OnMixed::hold;
    else if (word == "outage=accept")
      stream.on_outage = OnOutage::accept;
    else if (word == "unsubscribe=add")
      stream.list_unsubscribe = ListUnsubscribe::add;
    else if (word == "unsubscribe=replace")
      stream.list_unsubscribe = ListUnsubscribe::replace;
    else if (word == "unsubscribe=require")
      stream.list_unsubscribe = ListUnsubscribe::require;
    else if (word == "monitor")
      stream.mode = Mode::monitor;
    else if (key == "only")
      stream.recipients_only = {value};
    else if (key == "name")
      stream.name = value;
    else if (key == "tenant")
      stream.tenant = value;
    else if (key == "honours") {
      stream.honours.clear();
      std::istringstream in(value);
      for (std::string set; std::getline(in, set, ',');)
        stream.honours.push_back(set);
    } else
      throw std::invalid_argument(word);
  }
  return stream;
}

// "-" is listed nowhere, "barred" may not be mailed at all, of "away" nobody can tell; else the
// sets: "global,list:a.b", with a '?' behind one that cannot be read.
inline Standing standing(const std::string& word) {
  if (word == "-") return {};
  if (word == "barred") return {.may_be_mailed = false};
  const Error away{Fault::unreachable, "away"};
  if (word == "away") return {.fault = away};
  Standing standing;
  std::istringstream in(word);
  for (std::string set; std::getline(in, set, ',');) {
    const bool unreadable = set.ends_with('?');
    if (unreadable) set.pop_back();
    standing.listed.push_back({.set = SetName(set), .member = "ann@example.com", .evidence = {}});
    if (unreadable) standing.listed.back().doubt = away;
  }
  return standing;
}

}  // namespace optout::test
