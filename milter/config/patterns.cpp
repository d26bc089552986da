#include "config/patterns.h"

#include "address/ascii.h"
#include "address/folding.h"
#include "address/lookup_key.h"
#include "config/complaint.h"
#include "policy/list_id.h"
#include "util/glob.h"
#include "util/ip_network.h"
#include "util/whole_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace optout {
namespace {

std::string print_scalar(const std::string& text) {
  return yaml_scalar(text);
}

// What is wrong with any pattern whatsoever.
std::optional<Problem> unfit(std::string_view text) {
  if (text.empty()) return Problem{"an empty text matches nothing"};
  if (text.size() > kLongestPattern) {
    return Problem{fmt::format("is {} octets long; {} are allowed", text.size(), kLongestPattern)};
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

bool is_in_brackets(std::string_view text) {
  return text.size() > 2 && text.front() == '<' && text.back() == '>';
}

Problem no_address(std::string_view text) {
  const std::string domain = text.find('@') == std::string_view::npos ? domain_key(text) : "";
  if (domain.find('.') != std::string::npos) {
    return {fmt::format("{} is no address (write \"@{}\" for everybody there)", in_quotes(text),
                        domain)};
  }
  return {
      fmt::format("{} is no address (write ann@example.com, or \"@example.com\" for everybody "
                  "there)",
                  in_quotes(text))};
}

// A domain with or without wildcards as lookup keys have it, or nothing if it is none. With
// wildcards only a "*." in front of a whole domain can be brought into that form.
std::optional<std::string> domain_pattern(std::string_view domain) {
  const std::size_t stars = domain.starts_with("*.") ? 2 : 0;
  if (!is_glob(domain.substr(stars))) {
    const std::string key = domain_key(domain.substr(stars));
    if (key.empty()) return std::nullopt;
    return std::string(domain.substr(0, stars)) + key;
  }
  if (!std::all_of(domain.begin(), domain.end(), ascii::is_ascii)) return std::nullopt;
  return ascii::lowered(domain);
}

// REQUIRES: a wildcard, or an '@' in front of everything.
Parsed<std::string> with_wildcards(std::string_view text) {
  const auto at = text.rfind('@');
  const auto local = folded(text.substr(0, at));
  if (!local) return no_address(text);
  if (at == std::string_view::npos) return *local;
  const auto domain = domain_pattern(text.substr(at + 1));
  if (!domain) {
    return Problem{fmt::format("{}: what stands behind the @ is no domain", in_quotes(text))};
  }
  std::string pattern = (local->empty() ? "*" : *local) + '@' + *domain;
  if (auto problem = unfit(pattern)) return *problem;
  return pattern;
}

Parsed<std::string> parse_address(std::string_view text) {
  if (auto problem = unfit(text)) return *problem;
  if (text == "<>") return Problem{"\"<>\" is the null sender, and only sender can have it"};
  const std::string_view bare = is_in_brackets(text) ? text.substr(1, text.size() - 2) : text;
  if (is_glob(bare) || bare.front() == '@') {
    return bare.size() == 1 && bare.front() == '@' ? no_address(text) : with_wildcards(bare);
  }
  if (bare.find('@') == std::string_view::npos) return no_address(text);
  const LookupKey key = lookup_key(bare);
  if (key.status == KeyStatus::ok && !is_glob(key.key)) return key.key;
  return Problem{fmt::format("{} is no address that can be looked up", in_quotes(text))};
}

Parsed<std::string> parse_sender(std::string_view text) {
  if (text == "<>") return std::string(text);
  return parse_address(text);
}

Parsed<std::string> parse_text(std::string_view text) {
  const std::string_view pattern = trimmed(text);
  if (auto problem = unfit(pattern)) return *problem;
  return ascii::lowered(pattern);
}

Parsed<std::string> parse_list_id(std::string_view text) {
  const std::string_view pattern = trimmed(text);
  if (auto problem = unfit(pattern)) return *problem;
  const std::string_view bare =
      is_in_brackets(pattern) ? pattern.substr(1, pattern.size() - 2) : pattern;
  const auto id = list_id(pattern);
  if (id && *id == ascii::lowered(bare)) return *id;
  return Problem{
      fmt::format("{} is no identifier of a list (write {}, what stands between < and >)",
                  in_quotes(text), in_quotes(id ? *id : "news.example.com"))};
}

// "192.0.2.1/24" to 192.0.2.0/24, which is mostly what was meant.
std::optional<IpNetwork> without_host_bits(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto host = parse_ip_network(text.substr(0, slash));
  const auto bits = whole_number<unsigned>(text.substr(slash + 1));
  const unsigned all = text.substr(0, slash).find(':') == std::string_view::npos ? 32 : 128;
  if (!host || !bits || *bits > all) return std::nullopt;
  const unsigned kept = *bits + 128 - all;
  return IpNetwork{.address = masked(host->address, kept), .bits = kept};
}

Parsed<std::string> parse_network(std::string_view text) {
  if (auto problem = unfit(text)) return *problem;
  if (const auto network = parse_ip_network(text)) return network->to_string();
  if (const auto meant = without_host_bits(text)) {
    return Problem{fmt::format("{} has bits set behind its prefix (write {})", in_quotes(text),
                               meant->to_string())};
  }
  const bool is_name = std::any_of(text.begin(), text.end(), [](char c) {
    return ascii::lower(c) >= 'g' && ascii::lower(c) <= 'z';
  });
  return Problem{fmt::format(
      "{} is no address or network ({}such as 192.0.2.0/24 or 2001:db8::1)", in_quotes(text),
      is_name ? "host names are not looked up here: write addresses, " : "write them ")};
}

Parsed<std::string> parse_field_name(std::string_view text) {
  const auto allowed = [](char c) { return c > 0x20 && c < 0x7F && c != ':'; };
  const std::string_view bare = text.ends_with(':') ? text.substr(0, text.size() - 1) : text;
  if (bare.empty() || !std::all_of(bare.begin(), bare.end(), allowed)) {
    return Problem{fmt::format("{} is no name of a header field (write List-Id or X-Campaign)",
                               in_quotes(text))};
  }
  if (bare.size() != text.size()) {
    return Problem{fmt::format("{} is no name of a header field (write {})", in_quotes(text),
                               in_quotes(bare))};
  }
  if (auto problem = unfit(text)) return *problem;
  return ascii::lowered(text);
}

}  // namespace

Type<std::string> address_pattern_type() {
  return {parse_address, print_scalar};
}

Type<std::string> sender_pattern_type() {
  return {parse_sender, print_scalar};
}

Type<std::string> text_pattern_type() {
  return {parse_text, print_scalar};
}

Type<std::string> list_id_pattern_type() {
  return {parse_list_id, print_scalar};
}

Type<std::string> network_type() {
  return {parse_network, print_scalar};
}

Type<std::string> field_name_type() {
  return {parse_field_name, print_scalar};
}

}  // namespace optout
