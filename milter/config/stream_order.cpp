#include "config/stream_order.h"

#include "config/pattern_table.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

namespace optout {
namespace {

using Kind = OrderFinding::Kind;
using Id = PatternTable::Id;

struct Condition {
  Id name = 0;
  std::vector<Id> values;
};

// A stream as what is compared here: conditions in the order of their names' numbers, each a set of
// patterns.
struct Form {
  std::vector<Condition> conditions;
  std::uint64_t summary = 0;            // a bit for each condition; two may share one
  std::vector<std::vector<bool>> lost;  // values that were found unreachable
  bool unreachable = false;
};

// A network is a pattern too: its bits, and a star for those that are not fixed.
std::string bits_of(const IpNetwork& network) {
  std::string text;
  for (unsigned i = 0; i < network.bits; ++i) {
    text += (network.address[i / 8] >> (7 - i % 8)) & 1U ? '1' : '0';
  }
  return network.bits < 128 ? text + '*' : text;
}

class Forms {
public:
  explicit Forms(std::span<const Stream> streams) {
    for (const Stream& stream : streams)
      forms_.push_back(form_of(stream.when));
    patterns_.sort();
  }

  std::size_t size() const noexcept { return forms_.size(); }
  Form& operator[](std::size_t index) { return forms_[index]; }
  const PatternTable& patterns() const noexcept { return patterns_; }
  const std::string& name(const Condition& condition) const { return names_[condition.name]; }

private:
  Form form_of(const Conditions& when) {
    Form form;
    // "*" is the one condition that any mail meets, as all mail has a sender.
    if (std::find(when.sender.begin(), when.sender.end(), "*") == when.sender.end()) {
      add(form, "sender", when.sender);
    }
    add(form, "from", when.from);
    add(form, "auth", when.auth);
    std::vector<std::string> networks;
    for (const IpNetwork& network : when.client)
      networks.push_back(bits_of(network));
    add(form, "client", networks);
    add(form, "listener", when.listener);
    for (const HeaderCondition& header : when.header)
      add(form, "header." + header.name, header.values);
    std::sort(form.conditions.begin(), form.conditions.end(),
              [](const Condition& a, const Condition& b) { return a.name < b.name; });
    for (const Condition& condition : form.conditions)
      form.lost.emplace_back(condition.values.size());
    return form;
  }

  void add(Form& form, const std::string& name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    const auto [known, is_new] = numbers_.emplace(name, static_cast<Id>(names_.size()));
    if (is_new) names_.push_back(name);
    Condition condition{.name = known->second, .values = {}};
    for (const std::string& value : values)
      condition.values.push_back(patterns_.add(value));
    form.summary |= std::uint64_t{1} << (condition.name % 64);
    form.conditions.push_back(std::move(condition));
  }

  PatternTable patterns_;
  std::vector<std::string> names_;
  std::map<std::string, Id> numbers_;
  std::vector<Form> forms_;
};

// What an earlier condition does to a later one of the same name.
struct Effect {
  std::vector<std::size_t> taken;  // values of the later one that match nothing else
  bool shares = false;             // some text matches both
  bool same = false;               // a value that both have
  bool crosses = false;  // values that share texts, the earlier with texts that the later lacks
};

// Whether `value` can match only what the earlier values match.
bool is_taken(Id value, const Condition& earlier, const PatternTable& patterns, Effect& effect) {
  for (const Id taker : earlier.values) {
    if (taker == value) {
      effect.same = true;
      return true;
    }
    if (patterns.are_apart(taker, value)) continue;
    if (patterns.covers(taker, value)) {
      effect.crosses = true;
      return true;
    }
    if (effect.crosses) continue;
    if (patterns.covers(value, taker)) {
      effect.shares = true;
    } else if (patterns.overlap(taker, value)) {
      effect.shares = effect.crosses = true;
    }
  }
  return false;
}

Effect effect_of(const Condition& earlier, const Condition& later, const PatternTable& patterns) {
  Effect effect;
  for (std::size_t i = 0; i < later.values.size(); ++i) {
    if (is_taken(later.values[i], earlier, patterns, effect)) effect.taken.push_back(i);
  }
  effect.shares = effect.shares || !effect.taken.empty();
  return effect;
}

class Order {
public:
  explicit Order(std::span<const Stream> streams) : forms_(streams) {}

  std::vector<OrderFinding> findings() && {
    for (std::size_t later = 1; later < forms_.size(); ++later) {
      overlaps_ = false;
      const std::size_t before = findings_.size();
      for (std::size_t earlier = 0; earlier < later && !forms_[later].unreachable; ++earlier) {
        if (compared_ > kMostCompared) return std::move(findings_);
        if (!forms_[earlier].unreachable) compare(earlier, later);
      }
      if (forms_[later].unreachable) {  // says all that its values would say
        findings_.erase(findings_.begin() + static_cast<std::ptrdiff_t>(before),
                        findings_.end() - 1);
      }
    }
    return std::move(findings_);
  }

private:
  void compare(std::size_t earlier, std::size_t later) {
    const Form& first = forms_[earlier];
    Form& second = forms_[later];
    if ((first.summary & ~second.summary) != 0) return;
    // Where the values of more than one condition are only partly taken, no value is lost for good.
    std::size_t partly = 0;
    std::size_t part = 0;
    std::vector<std::size_t> taken;
    bool same = true;
    bool crosses = false;
    auto at = second.conditions.begin();
    for (const Condition& condition : first.conditions) {
      at = std::find_if(at, second.conditions.end(),
                        [&](const Condition& other) { return other.name >= condition.name; });
      if (at == second.conditions.end() || at->name != condition.name) return;
      compared_ += condition.values.size() * at->values.size();
      Effect effect = effect_of(condition, *at, forms_.patterns());
      if (!effect.shares) return;
      same = same && effect.same;
      crosses = crosses || effect.crosses;
      if (effect.taken.size() == at->values.size()) continue;
      ++partly;
      part = static_cast<std::size_t>(at - second.conditions.begin());
      taken = std::move(effect.taken);
    }
    if (partly == 0) {
      second.unreachable = true;
      findings_.push_back({Kind::unreachable_stream, later, earlier});
    } else if (partly == 1 && !taken.empty()) {
      lose(second, part, taken, earlier, later);
    } else if ((same || crosses) && !overlaps_ &&
               first.conditions.size() == second.conditions.size()) {
      overlaps_ = true;
      findings_.push_back({Kind::overlap, later, earlier});
    }
  }

  void lose(Form& form, std::size_t part, const std::vector<std::size_t>& values,
            std::size_t earlier, std::size_t later) {
    for (const std::size_t value : values) {
      if (form.lost[part][value]) continue;
      form.lost[part][value] = true;
      findings_.push_back(
          {Kind::unreachable_value, later, earlier, forms_.name(form.conditions[part]), value});
    }
  }

  Forms forms_;
  std::vector<OrderFinding> findings_;
  bool overlaps_ = false;  // of the stream that is looked at
  std::size_t compared_ = 0;
};

}  // namespace

std::vector<OrderFinding> order_findings(std::span<const Stream> streams) {
  return Order(streams).findings();
}

}  // namespace optout
