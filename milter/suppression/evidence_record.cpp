#include "suppression/evidence_record.h"

#include "suppression/record_words.h"
#include "util/day.h"
#include "util/whole_number.h"

namespace optout {

std::string encode_evidence(const Evidence& evidence) {
  std::string out;
  add_word(out, "since", to_string(evidence.since));
  add_word(out, "source", to_string(evidence.source));
  add_word(out, "by", evidence.by);
  add_word(out, "reason", evidence.reason);
  add_word(out, "message_id", evidence.message_id);
  add_word(out, "from", evidence.from);
  add_word(out, "list", evidence.list);
  if (evidence.expires) add_word(out, "expires", to_string(*evidence.expires));
  if (evidence.token_key != 0) add_word(out, "token_key", std::to_string(evidence.token_key));
  return out;
}

std::string encode_withdrawal(const Withdrawal& withdrawal) {
  std::string out;
  add_word(out, "since", to_string(withdrawal.since));
  add_word(out, "by", withdrawal.by);
  add_word(out, "reason", withdrawal.reason);
  if (withdrawal.ignored) add_word(out, "ignored", day_text(*withdrawal.ignored));
  return out;
}

std::optional<Evidence> decode_evidence(std::string_view record) {
  Evidence evidence;
  bool dated = false;
  while (auto word = take_word(record)) {
    if (word->name == "since") {
      const auto since = parse_instant(word->value);
      if (!since) return std::nullopt;
      evidence.since = *since;
      dated = true;
    } else if (word->name == "expires") {
      evidence.expires = parse_instant(word->value);
      if (!evidence.expires) return std::nullopt;  // not "never expires": we cannot tell
    } else if (word->name == "source") {
      evidence.source = parse_source(word->value).value_or(Source::external);
    } else if (word->name == "by") {
      evidence.by = std::move(word->value);
    } else if (word->name == "reason") {
      evidence.reason = std::move(word->value);
    } else if (word->name == "message_id") {
      evidence.message_id = std::move(word->value);
    } else if (word->name == "from") {
      evidence.from = std::move(word->value);
    } else if (word->name == "list") {
      evidence.list = std::move(word->value);
    } else if (word->name == "token_key") {
      evidence.token_key = whole_number<unsigned>(word->value).value_or(0);  // 0: there was none
    }
  }
  if (!dated) return std::nullopt;
  return evidence;
}

std::optional<Withdrawal> decode_withdrawal(std::string_view record) {
  Withdrawal withdrawal;
  bool dated = false;
  while (auto word = take_word(record)) {
    if (word->name == "since") {
      const auto since = parse_instant(word->value);
      if (!since) return std::nullopt;
      withdrawal.since = *since;
      dated = true;
    } else if (word->name == "by") {
      withdrawal.by = std::move(word->value);
    } else if (word->name == "reason") {
      withdrawal.reason = std::move(word->value);
    } else if (word->name == "ignored") {
      withdrawal.ignored = parse_day(word->value);
    }
  }
  if (!dated) return std::nullopt;
  return withdrawal;
}

}  // namespace optout
