// How people unsubscribe by mail and by link: what the configuration says. Plain data.

#pragma once

#include "unsubscribe/token_keys.h"
#include "util/socket_address.h"

#include <string>

namespace optout {

// From what a token opts out: the list of the message's List-Id (the stream, where it has none),
// the stream, or everything.
enum class TokenScope { list, stream, global };

struct UnsubscribeOptions {
  std::string domain;     // of unsubscribe addresses, a domain key; empty: no tokens at all
  std::string link;       // "https://optout.example.com/u/", the token follows; empty: mail only
  bool one_click = true;  // with a link, a signer behind us signs List-Unsubscribe-Post (OC-05)
  std::string keys_file;
  TokenKeys keys;
  TokenScope scope = TokenScope::list;
  bool keep_from = true;  // as evidence: who wrote the mail that unsubscribed
  bool confirm = false;   // whoever unsubscribed is sent a confirmation
  SocketAddress confirm_via{.path = {}, .host = "127.0.0.1", .port = 25};  // the SMTP server

  friend bool operator==(const UnsubscribeOptions&, const UnsubscribeOptions&) = default;
};

}  // namespace optout
