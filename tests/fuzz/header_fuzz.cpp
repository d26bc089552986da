// Searches for a header section that breaks the choice of a stream: one is chosen, whatever stands
// there, and it is one whose conditions hold as a slow and plain look says.

#include "policy/stream_selector.h"
#include "util/glob.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace optout;

std::vector<Stream> streams() {
  std::vector<Stream> all(5);
  all[0].when.from = {"*@shop.example", "a*b@*"};
  all[1].when.header = {{"list-id", {"*.example", "news.*"}}};
  all[2].when.header = {{"list-id", {"a"}}, {"subject", {"*sale*", "a?c"}}};
  all[3].when.header = {{"subject", {"*"}}};
  return all;
}

bool any_matches(const std::vector<std::string>& patterns, const std::optional<std::string>& text) {
  if (!text) return false;
  for (const std::string& pattern : patterns) {
    if (glob_matches(pattern, *text)) return true;
  }
  return false;
}

}  // namespace

// Lines of "name:value"; a line that begins with a blank goes on with the one before it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Stream> all = streams();
  static const StreamSelector selector(all);
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<std::pair<std::string, std::string>> fields;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    const auto colon = line.find(':');
    if (line.starts_with(' ') && !fields.empty()) {
      fields.back().second.append("\n").append(line);
    } else if (colon != std::string_view::npos) {
      fields.emplace_back(line.substr(0, colon), line.substr(colon + 1));
    }
  }
  Selection selection(selector, {});
  HeaderFacts facts;
  for (const auto& [name, value] : fields) {
    facts.add(name, value);
    selection.header(name, value);
  }
  selection.end_of_headers(facts);
  if (!selection.decided()) std::abort();
  const auto chosen = static_cast<std::size_t>(&selection.winner() - all.data());
  const bool from = any_matches(all[0].when.from, facts.from());
  const bool list = any_matches(all[1].when.header[0].values, facts.list_id());
  if ((chosen == 0) != from) std::abort();
  if ((chosen == 1) != (!from && list)) std::abort();
  return 0;
}
