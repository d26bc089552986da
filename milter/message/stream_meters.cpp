#include "message/stream_meters.h"

#include "metrics/metric.h"

#include <algorithm>
#include <array>
#include <string>

namespace optout {
namespace {

// A message is never stripped or tagged as a whole.
constexpr std::array kOfMessages{Action::accept, Action::reject, Action::defer, Action::hold};
constexpr std::array kOfRecipients{Action::accept, Action::reject, Action::strip,
                                   Action::defer,  Action::hold,   Action::tag};

std::string word(Action action, Mode mode) {
  const bool would = mode == Mode::monitor && action != Action::accept;
  return (would ? "would-" : "") + std::string(to_string(action));
}

// "list" of "list:news.example.com", and of "list", as it is honoured.
std::string_view kind_of(std::string_view set) {
  return set.substr(0, set.find(':'));
}

}  // namespace

StreamMeters::StreamMeters(Meters& meters, const Stream& stream)
    : unchecked_(meters.counter(metrics::kUnchecked, {stream.name})) {
  const auto resolve = [&](const Metric& metric, Action action) {
    return meters.counter(metric, {stream.name, word(action, stream.mode)});
  };
  for (const Action action : kOfRecipients)
    recipients_[place(action)] = resolve(metrics::kRecipients, action);
  for (const std::string& honoured : stream.honours) {
    const auto kind = std::find(kKinds.begin(), kKinds.end(), kind_of(honoured));
    if (kind == kKinds.end()) continue;
    opted_out_.at(static_cast<std::size_t>(kind - kKinds.begin())) =
        meters.counter(metrics::kOptedOut, {stream.name, *kind});
  }
  for (const Action action : kOfMessages)
    messages_[place(action)] = resolve(metrics::kMessages, action);
  if (stream.list_unsubscribe == ListUnsubscribe::keep) return;
  const auto of_fields = [&](std::string_view word) {
    return meters.counter(metrics::kListUnsubscribe, {stream.name, word});
  };
  for (std::size_t i = 0; i < list_fields_.size(); ++i)
    list_fields_.at(i) = of_fields(to_string(static_cast<FieldsOutcome>(i)));
  no_way_out_ = of_fields("refused");
}

void StreamMeters::opted_out(const SetName& set) const noexcept {
  const auto kind = std::find(kKinds.begin(), kKinds.end(), kind_of(set.text()));
  if (kind != kKinds.end()) opted_out_[static_cast<std::size_t>(kind - kKinds.begin())].add();
}

}  // namespace optout
