// addresses, our_domains: how recipients are looked up and written, and which domains are ours.

#include "address/lookup_key.h"
#include "config/key_file.h"
#include "config/settings.h"

#include <fmt/format.h>

namespace optout {
namespace {

using Store = MemberOptions::Store;
using PlusTags = MemberOptions::PlusTags;

}  // namespace

Type<std::string> domain_type() {
  const auto parse = [](std::string_view text) -> Parsed<std::string> {
    for (const std::string_view decoration : {"@", "*@", "*.", "."}) {
      if (!text.starts_with(decoration)) continue;
      if (const std::string bare = domain_key(text.substr(decoration.size())); !bare.empty()) {
        return Problem{fmt::format("{} is not a domain (write {}, without the \"{}\")",
                                   in_quotes(text), bare, decoration)};
      }
    }
    std::string key = text.find('@') == std::string_view::npos ? domain_key(text) : std::string();
    if (key.empty()) return Problem{in_quotes(text) + " is not a domain (write example.com)"};
    return key;
  };
  return {parse, [](const std::string& domain) { return yaml_scalar(domain); }};
}

void read_addresses(Section& root, MemberOptions& options, Findings& findings) {
  Section addresses = root.section("addresses");
  const auto store =
      addresses.read("store", options.store,
                     word_type<Store>({{"plain", Store::plain}, {"digest", Store::digest}}));
  addresses.read(
      "plus_tags", options.plus_tags,
      word_type<PlusTags>({{"exact", PlusTags::exact}, {"also_base", PlusTags::also_base}}));
  const auto keys = addresses.read("digest_keys", options.digest_keys_file, path_type());
  if (keys && !options.digest_keys_file.empty()) {
    options.digest_keys =
        read_key_file(options.digest_keys_file, *keys, "addresses.digest_keys", findings.report);
  }
  if (store && options.store == Store::digest && options.digest_keys_file.empty()) {
    addresses.error(*store, "store", "digest needs keys: name their file in addresses.digest_keys");
  }
}

void read_our_domains(Section& root, std::vector<std::string>& domains) {
  root.read_list("our_domains", domains, domain_type());
}

}  // namespace optout
