#include "suppression/registry_record.h"

#include "suppression/record_words.h"
#include "util/whole_number.h"

#include <fmt/format.h>

namespace optout {
namespace {

constexpr std::size_t kDigits = 8;

std::optional<std::uint32_t> reference_in(std::string_view text) {
  if (text.size() != kDigits) return std::nullopt;
  return whole_number<std::uint32_t>(text, 16);
}

}  // namespace

std::string reference_of_set(std::uint32_t reference) {
  return fmt::format("set:{:08x}", reference);
}

std::string reference_of_member(std::uint64_t reference) {
  return fmt::format("address:{:016x}", reference);
}

std::string encode_list(const KnownList& list) {
  std::string out;
  add_word(out, "ref", fmt::format("{:08x}", list.reference));
  add_word(out, "first_seen", to_string(list.first_seen));
  add_word(out, "name", bounded(list.name, Registry::kLongestName));
  return out;
}

std::optional<KnownList> decode_list(std::string_view id, std::string_view tenant,
                                     std::string_view record) {
  KnownList list{.id = std::string(id), .tenant = std::string(tenant), .name = {}};
  std::optional<std::uint32_t> reference;
  std::optional<Instant> first_seen;
  while (auto word = take_word(record)) {
    if (word->name == "ref") reference = reference_in(word->value);
    if (word->name == "first_seen") first_seen = parse_instant(word->value);
    if (word->name == "name") list.name = std::move(word->value);
  }
  if (!reference || !first_seen) return std::nullopt;
  list.reference = *reference;
  list.first_seen = *first_seen;
  return list;
}

std::string encode_set(const SetName& set) {
  if (set.tenant().empty()) return std::string(set.text());
  return fmt::format("{} {}", set.tenant(), set.text());
}

std::optional<SetName> decode_set(std::string_view text) {
  std::string_view tenant;
  // No tenant has a colon in its name, and every set that we know has one.
  if (const auto end = text.find_first_of(" :");
      end != std::string_view::npos && text[end] == ' ') {
    tenant = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (tenant.empty()) return std::nullopt;
  }
  for (const std::string_view kind : {"list:", "stream:"}) {
    if (text.starts_with(kind) && text.size() > kind.size())
      return SetName(std::string(text), tenant);
  }
  return std::nullopt;
}

}  // namespace optout
