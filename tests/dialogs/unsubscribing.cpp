#include "dialogs/unsubscribing.h"

#include "dialogs/dialog.h"
#include "dialogs/message_fields.h"
#include "unsubscribe/list_unsubscribe.h"
#include "unsubscribe/mailto.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"
#include "unsubscribe/token.h"
#include "util/whole_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <vector>

namespace optout::test {
namespace {

using std::chrono::days;

constexpr std::string_view kDomain = "optout.example";
constexpr std::string_view kLink = "https://optout.example/u/";
constexpr unsigned kMints = 2;
constexpr std::size_t kLongestLine = 998;  // LH-10

TokenKey key_numbered(unsigned number) {
  std::string secret;
  for (unsigned i = 0; i < kTokenKeyOctets; ++i)
    secret += static_cast<char>(i * i * 7 + i * 29 + number * 83 + 131);
  return {.secret = std::move(secret), .made = {}, .retired = false};
}

std::chrono::sys_days today() {
  return std::chrono::floor<days>(std::chrono::system_clock::now());
}

std::optional<unsigned> number_between(std::string_view before, std::string_view word,
                                       std::string_view behind) {
  if (!word.starts_with(before) || !word.ends_with(behind)) return std::nullopt;
  word.remove_prefix(before.size());
  return whole_number<unsigned>(word.substr(0, word.size() - behind.size()));
}

// What was asked for: "ADDRESS SET".
Token token_for(std::string_view& rest) {
  Token token{.issued = today(), .scope = {}, .address = take_word(rest), .stored = {}};
  const std::string set = take_word(rest);
  if (set.empty()) throw std::runtime_error("whose token, and of which set?");
  token.scope = scope_of_token(set_named(set));
  return token;
}

std::string in_capitals(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

// The words that change an address as it stands.
std::string changed(std::string address, std::string_view word) {
  const std::size_t at = address.find('@');
  if (word == "in-capitals") return in_capitals(std::move(address));
  if (word == "cut") return address.erase(at - 2, 2);
  if (word != "forged") throw std::runtime_error(fmt::format("what is \"{}\"?", word));
  char& letter = address[at / 2];
  letter = letter == 'a' ? 'b' : 'a';
  return address;
}

std::string address_to_ask(std::string_view rest) {
  Token token = token_for(rest);
  Purpose purpose = Purpose::reply;
  unsigned key = kMints;
  std::vector<std::string> changes;
  while (!rest.empty()) {
    std::string word = take_word(rest);
    if (const auto ago = number_between("", word, "-days-ago")) {
      token.issued -= days(*ago);
    } else if (const auto number = number_between("key-", word, "")) {
      key = *number;
    } else if (word == "for-a-link") {
      purpose = Purpose::link;
    } else if (word == "for-a-bounce") {
      purpose = Purpose::bounce;
    } else {
      changes.push_back(std::move(word));
    }
  }
  const auto text = Tokens({{key, key_numbered(key)}}).mint(purpose, token);
  if (!text) throw std::runtime_error("there is no such token");
  std::string address = reply_address(*text, kDomain);
  for (const std::string& word : changes)
    address = changed(std::move(address), word);
  return address;
}

std::string answering(std::string_view answer, std::string_view rest) {
  if (answer.empty()) throw std::runtime_error("nothing was OFFERED yet");
  std::string address(answer);
  while (!rest.empty())
    address = changed(std::move(address), take_word(rest));
  return address;
}

// What a token that is offered says of `wanted`; empty if all is right.
std::string wrong_with(const std::optional<Token>& token, const Token& wanted) {
  if (!token) return "does not verify";
  if (token->key != kMints) return fmt::format("is of key {}", token->key);
  if (token->scope != wanted.scope) return "is of another set";
  // The day may have changed since.
  if (token->issued > wanted.issued || token->issued < wanted.issued - days(1))
    return "is of another day";
  const bool hers =
      token->stored ? *token->stored ==
                          Tokens({{kMints, key_numbered(kMints)}}).stored_reference(wanted.address)
                    : token->address == wanted.address;
  return hers ? std::string() : fmt::format("is for \"{}\"", token->address);
}

// The one field of this name, or empty.
std::string_view only_field(std::string_view header, std::string_view name) {
  std::string_view found;
  for (const Field& field : fields_of(header)) {
    if (!same_field_name(field.name, name)) continue;
    if (!found.empty()) throw std::runtime_error(fmt::format("more than one {}", name));
    found = field.bytes;
  }
  return found;
}

void must_be(std::string_view bytes, std::string_view wanted) {
  if (bytes != wanted)
    throw std::runtime_error(fmt::format("got\n{}instead of\n{}", bytes, wanted));
  for (std::size_t end = 0; end < bytes.size();) {
    const std::size_t next = bytes.find("\r\n", end);
    if (next - end > kLongestLine) throw std::runtime_error("has a line that is too long");
    end = next + 2;
  }
}

}  // namespace

SetName set_named(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return SetName(std::string(text));
  return SetName(std::string(text.substr(slash + 1)), text.substr(0, slash));
}

std::string token_key_lines() {
  std::string lines;
  for (const unsigned number : {1U, kMints, 3U}) {
    lines += fmt::format("{}:", number);
    for (const char c : key_numbered(number).secret)
      lines += fmt::format("{:02x}", static_cast<unsigned char>(c));
    lines += number > kMints ? " made=2026-01-05 retired=2026-03-02\n" : " made=2026-01-05\n";
  }
  return lines;
}

std::string with_unsubscribe_addresses(std::string_view line, std::string_view answer) {
  std::string text;
  for (;;) {
    const std::size_t start = std::min(line.find("<ASK "), line.find("<ANSWER"));
    if (start == std::string_view::npos) return text.append(line);
    text += line.substr(0, start + 1);
    line.remove_prefix(start + 1);
    std::string_view words = line.substr(0, line.find('>'));
    line.remove_prefix(words.size());
    const bool asks = take_word(words) == "ASK";
    text += asks ? address_to_ask(words) : answering(answer, words);
  }
}

std::string offered_address(std::string_view header, std::string_view expected) {
  const Token wanted = token_for(expected);
  const Tokens tokens({{kMints, key_numbered(kMints)}});
  const std::string_view field = only_field(header, kListUnsubscribeName);
  std::vector<ListUri> uris = list_uris(split_field(field).second);
  std::string bytes;
  std::string address;
  std::string_view post;
  while (!expected.empty()) {
    const std::string way = take_word(expected);
    if (way == "one-click") {
      post = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
      continue;
    }
    if (uris.empty()) throw std::runtime_error(fmt::format("no {} in:\n{}", way, header));
    const std::string uri = uris.front().text;
    uris.erase(uris.begin());
    std::optional<Token> token;
    if (way == "link" && uri.starts_with(kLink)) {
      token = tokens.verify(Purpose::link, std::string_view(uri).substr(kLink.size()));
    } else if (const auto mailto = parse_mailto(uri); way == "mail" && mailto) {
      address = mailto->address;
      const auto text = token_of(std::string_view(address).substr(0, address.find('@')));
      if (text && address.ends_with(fmt::format("@{}", kDomain)))
        token = tokens.verify(Purpose::reply, *text);
    }
    if (const std::string wrong = wrong_with(token, wanted); !wrong.empty())
      throw std::runtime_error(fmt::format("the {} {}: {}", way, wrong, uri));
    bytes += fmt::format("{}<{}>", bytes.empty() ? "List-Unsubscribe: " : ",\r\n\t", uri);
  }
  must_be(field, bytes + "\r\n");
  must_be(only_field(header, kPostName), post);
  return address;
}

}  // namespace optout::test
