#include "config/value.h"

#include <algorithm>
#include <map>
#include <utility>

namespace optout {

const Value* Value::find(std::string_view child_key) const noexcept {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const Value& child) { return child.key == child_key; });
  return found == children.end() ? nullptr : &*found;
}

void merge(Value& base, Value later) {
  if (base.kind != Value::Kind::map) {
    base = std::move(later);
    return;
  }
  if (later.kind == Value::Kind::nothing) return;  // "redis:" with every line below commented out
  if (later.kind != Value::Kind::map) {
    base = std::move(later);
    return;
  }
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < base.children.size(); ++i)
    index.emplace(base.children[i].key, i);
  for (Value& child : later.children) {
    if (const auto found = index.find(child.key); found != index.end()) {
      merge(base.children[found->second], std::move(child));
    } else {
      base.children.push_back(std::move(child));
    }
  }
}

}  // namespace optout
