// unsubscribe: where people unsubscribe, and what their tokens are made with.

#include "address/limits.h"
#include "config/settings.h"
#include "config/token_key_file.h"
#include "config/unsubscribe_link.h"

#include <fmt/format.h>

namespace optout {
namespace {

// Behind "u+TOKEN@", which may fill a local part.
constexpr std::size_t kLongestUnsubscribeDomain = kLongestMailbox - kLongestLocalPart - 1;

Type<std::string> unsubscribe_domain_type() {
  const auto parse = [](std::string_view text) -> Parsed<std::string> {
    if (text.empty()) return std::string();
    Parsed<std::string> parsed = domain_type().parse(text);
    const auto* domain = std::get_if<std::string>(&parsed);
    if (domain && domain->starts_with('['))
      return Problem{in_quotes(text) + " is not a domain (write optout.example.com)"};
    if (domain && domain->size() > kLongestUnsubscribeDomain) {
      return Problem{fmt::format("is {} octets long; {} are allowed, as a token comes before it",
                                 domain->size(), kLongestUnsubscribeDomain)};
    }
    return parsed;
  };
  return {parse, domain_type().print};
}

Type<bool> yes_or_no() {
  return word_type<bool>({{"yes", true}, {"no", false}, {"true", true}, {"false", false}});
}

// Where something stands in `key`, be it right or wrong, but not "" for none.
const Value* written(Section& section, std::string_view key) {
  const Value* value = section.ask(key);
  const bool is_empty = value && value->kind == Value::Kind::scalar && value->text.empty();
  return is_empty ? nullptr : value;
}

// None of these is of use without the others.
void check_companions(Section& unsubscribe) {
  const Value* domain = written(unsubscribe, "domain");
  const Value* keys = written(unsubscribe, "keys");
  const Value* link = written(unsubscribe, "link");
  if (domain && !keys) {
    unsubscribe.error(domain->place, "domain",
                      "needs unsubscribe.keys: make them with \"optoutctl keys new\"");
  } else if (keys && !domain) {
    unsubscribe.error(keys->place, "keys",
                      "needs unsubscribe.domain, where unsubscribe mail is sent to");
  } else if (link && !domain) {
    unsubscribe.error(link->place, "link", "needs unsubscribe.domain and unsubscribe.keys");
  }
}

}  // namespace

Type<SocketAddress> smtp_server_type() {
  const auto parse = [](std::string_view text) -> Parsed<SocketAddress> {
    auto parsed = parse_socket_address(text);
    const auto* address = std::get_if<SocketAddress>(&parsed);
    if (!address) {
      return Problem{in_quotes(text) +
                     " is not the address of an SMTP server (write inet:127.0.0.1:25)"};
    }
    if (!address->is_loopback())
      return Problem{in_quotes(text) + " is not on this host (write inet:127.0.0.1:25)"};
    return *address;
  };
  return {parse, [](const SocketAddress& address) { return yaml_scalar(address.to_string()); }};
}

void read_unsubscribe(Section& root, UnsubscribeOptions& options, Findings& findings) {
  Section unsubscribe = root.section("unsubscribe");
  unsubscribe.read("domain", options.domain, unsubscribe_domain_type());
  const auto link = unsubscribe.read("link", options.link, unsubscribe_link_type());
  unsubscribe.read("one_click", options.one_click, yes_or_no());
  const auto keys = unsubscribe.read("keys", options.keys_file, path_type());
  if (keys && !options.keys_file.empty()) {
    options.keys =
        read_token_key_file(options.keys_file, *keys, "unsubscribe.keys", findings.report);
  }
  unsubscribe.read("scope", options.scope,
                   word_type<TokenScope>({{"list", TokenScope::list},
                                          {"stream", TokenScope::stream},
                                          {"global", TokenScope::global}}));
  unsubscribe.read("keep_from", options.keep_from, yes_or_no());
  const auto confirm = unsubscribe.read("confirm", options.confirm, yes_or_no());
  const auto via = unsubscribe.read("confirm_via", options.confirm_via, smtp_server_type());
  check_companions(unsubscribe);
  const bool offers_links =
      !options.link.empty() && !options.domain.empty() && !options.keys_file.empty();
  if (link && offers_links && !written(unsubscribe, "one_click")) {
    unsubscribe.warning(*link, "link",
                        "promises one-click unsubscribing, too, which needs a signer behind this "
                        "milter (write one_click: yes, or no where nobody signs)");
  }
  if (confirm && options.confirm && !written(unsubscribe, "domain")) {
    unsubscribe.warning(*confirm, "confirm", "has no effect without unsubscribe.domain");
  }
  if (via && !options.confirm && options.confirm_via != UnsubscribeOptions{}.confirm_via) {
    unsubscribe.warning(*via, "confirm_via", "has no effect without confirm: yes");
  }
}

}  // namespace optout
