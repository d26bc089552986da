#include "guard/sender_state.h"

#include "guard/limit.h"
#include "suppression/opt_out.h"
#include "suppression/record_words.h"
#include "util/whole_number.h"

#include <algorithm>
#include <chrono>

namespace optout {
namespace {

// 0, "there is none", for what is no number.
std::uint64_t number_of(std::string_view value) {
  return whole_number<std::uint64_t>(value).value_or(0);
}

void add_number(std::string& record, std::string_view name, std::uint64_t number) {
  if (number != 0) add_word(record, name, std::to_string(number));
}

}  // namespace

std::string instant_text(RedisTime time) {
  return to_string(Instant(std::chrono::seconds(static_cast<std::int64_t>(time / 1000))));
}

std::string encode(const Trip& trip) {
  std::string out;
  add_number(out, "until", trip.until);
  add_word(out, "since", trip.since);
  add_word(out, "step", trip.step);
  if (trip.monitored) add_word(out, "mode", "monitor");
  add_number(out, "count", trip.count);
  add_number(out, "of", trip.of);
  add_word(out, "limit", trip.limit);
  add_word(out, "relay", trip.relay);
  add_word(out, "message", trip.message);
  add_word(out, "stream", trip.stream);
  return out;
}

std::optional<Trip> decode_trip(std::string_view record) {
  Trip trip;
  while (auto word = take_word(record)) {
    if (word->name == "until") {
      trip.until = number_of(word->value);
    } else if (word->name == "since") {
      trip.since = std::move(word->value);
    } else if (word->name == "step") {
      trip.step = std::move(word->value);
    } else if (word->name == "mode") {
      trip.monitored = word->value == "monitor";
    } else if (word->name == "count") {
      trip.count = number_of(word->value);
    } else if (word->name == "of") {
      trip.of = number_of(word->value);
    } else if (word->name == "limit") {
      trip.limit = std::move(word->value);
    } else if (word->name == "relay") {
      trip.relay = std::move(word->value);
    } else if (word->name == "message") {
      trip.message = std::move(word->value);
    } else if (word->name == "stream") {
      trip.stream = std::move(word->value);
    }
  }
  if (trip.until == 0) return std::nullopt;
  return trip;
}

std::string encode(const Allowance& allowance) {
  std::string out;
  add_number(out, "until", allowance.until);
  add_number(out, "from", allowance.from);
  add_number(out, "most", allowance.most);
  add_word(out, "since", allowance.since);
  add_word(out, "by", allowance.by);
  add_word(out, "reason", allowance.because);
  return out;
}

std::optional<Allowance> decode_allowance(std::string_view record) {
  Allowance allowance;
  while (auto word = take_word(record)) {
    if (word->name == "until") {
      allowance.until = number_of(word->value);
    } else if (word->name == "from") {
      allowance.from = number_of(word->value);
    } else if (word->name == "most") {
      allowance.most = number_of(word->value);
    } else if (word->name == "since") {
      allowance.since = std::move(word->value);
    } else if (word->name == "by") {
      allowance.by = std::move(word->value);
    } else if (word->name == "reason") {
      allowance.because = std::move(word->value);
    }
  }
  if (allowance.until == 0 || allowance.most == 0) return std::nullopt;
  return allowance;
}

std::string encode_warning(RedisTime until, std::string_view by) {
  std::string out;
  add_number(out, "until", until);
  add_word(out, "by", by);
  return out;
}

std::string encode_told(RedisTime until, bool monitored) {
  std::string out;
  add_number(out, "until", until);
  if (monitored) add_word(out, "mode", "monitor");
  return out;
}

bool SenderState::is_of_message(std::string_view field) noexcept {
  const std::string_view limit = field.substr(std::min(field.find(':') + 1, field.size()));
  return limit.starts_with(to_string(LimitKind::same_message)) &&
         limit.find('/') != limit.rfind('/');
}

void SenderState::add(std::string_view field, std::string_view record, RedisTime now) {
  constexpr std::string_view kTrip = "trip:";
  constexpr std::string_view kWarning = "warn:";
  constexpr std::string_view kTold = "told:";
  if (field.starts_with(kTrip)) {
    auto trip = decode_trip(record);
    if (trip && trip->until > now) {
      trips.emplace(field.substr(kTrip.size()), *std::move(trip));
    } else {
      ended.emplace_back(field);
    }
  } else if (field.starts_with(kWarning)) {
    const auto word = take_word(record);
    const RedisTime ends = word && word->name == "until" ? number_of(word->value) : 0;
    if (ends > now) {
      warnings.emplace(field.substr(kWarning.size()), ends);
    } else {
      ended.emplace_back(field);
    }
  } else if (field.starts_with(kTold)) {
    const auto mark = decode_trip(record);
    if (mark && mark->until > now) {
      told.insert_or_assign(std::string(field.substr(kTold.size())),
                            Told{.until = mark->until, .monitored = mark->monitored});
    } else {
      ended.emplace_back(field);
    }
  } else if (field == kAllowance) {
    auto allowed = decode_allowance(record);
    if (allowed && allowed->until > now) allowance = std::move(allowed);
  }
}

void SenderState::overrule_monitored() {
  std::erase_if(trips, [this](const auto& entry) {
    if (entry.second.monitored) overruled.push_back(trip_field(entry.first));
    return entry.second.monitored;
  });
}

bool SenderState::is_told(std::string_view limit, RedisTime until, bool monitored) const {
  const auto mark = told.find(limit);
  return mark != told.end() && mark->second.until >= until && mark->second.monitored == monitored;
}

bool SenderState::is_in_the_way(const std::string& field) const {
  const auto has = [&](const std::vector<std::string>& fields) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  return has(ended) || has(overruled);
}

RedisTime SenderState::until() const noexcept {
  RedisTime last = allowance ? allowance->until : 0;
  for (const auto& [limit, trip] : trips)
    last = std::max(last, trip.until);
  for (const auto& [limit, ends] : warnings)
    last = std::max(last, ends);
  return last;
}

}  // namespace optout
