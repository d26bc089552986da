#include "dialogs/player.h"

#include "dialogs/discretion.h"
#include "dialogs/message_fields.h"
#include "dialogs/unsubscribing.h"
#include "support/http.h"
#include "support/process.h"
#include "support/yaml_merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace optout::test {
namespace {

void must_succeed(const Finished& finished) {
  if (finished.exit_status != 0) {
    throw std::runtime_error(fmt::format("exit {}: {}", finished.exit_status, finished.err));
  }
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = text.starts_with('"') ? text.find('"', 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      words.push_back(take_word(text));
    } else {
      words.emplace_back(text.substr(1, end - 1));
      text.remove_prefix(end + 1);
      text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t")));
    }
  }
  return words;
}

void write_keys(const std::string& path, std::string_view lines) {
  std::ofstream(path) << lines;
  std::filesystem::permissions(
      path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

// Each word of `words` is how one of those in `record` begins; with "!" before it, how none does.
void must_have_words(std::string_view words, std::string_view record) {
  const std::vector<std::string> there = words_of(record);
  while (!words.empty()) {
    const std::string word = take_word(words);
    const bool is_wanted = !word.starts_with('!');
    const std::string_view beginning = std::string_view(word).substr(is_wanted ? 0 : 1);
    const bool is_there = std::any_of(there.begin(), there.end(), [&](const std::string& one) {
      return matches(beginning, one);
    });
    if (is_there != is_wanted) {
      throw std::runtime_error(
          fmt::format("{} {} in \"{}\"", is_wanted ? "no" : "there is", beginning, record));
    }
  }
}

// How often a header has a field of this name; `last` is one of them.
unsigned count_of(std::string_view name, const std::string& header, std::string_view& last) {
  unsigned count = 0;
  for (const Field& field : fields_of(header)) {
    if (!same_field_name(field.name, name)) continue;
    last = field.bytes;
    ++count;
  }
  return count;
}

}  // namespace

void expect(std::string_view expected, std::string_view actual) {
  if (!matches(expected, actual)) throw std::runtime_error(fmt::format("got \"{}\"", actual));
}

// "@DIR@" stands for the directory in which the files of keys are.
std::string Player::with_files(std::string_view config) const {
  constexpr std::string_view kDirectory = "@DIR@";
  std::string text(config);
  std::size_t at = text.find(kDirectory);
  if (at == std::string::npos) return text;
  write_keys(directory_ / "address.keys", "1:" + std::string(64, '7') + "\n");
  write_keys(directory_ / "token.keys", token_key_lines());
  for (; at != std::string::npos; at = text.find(kDirectory))
    text.replace(at, kDirectory.size(), directory_ / ".");
  return text;
}

std::string Player::configuration(std::string_view config) const {
  std::string text = with_files(config);
  return is_discreet_ ? merged_yaml(text, "log: { addresses: none }") : text;
}

void Player::play(const Dialog& dialog) {
  const Step& first = dialog.steps.front();
  const bool configured = first.verb == "CONFIG";
  redis_.restart();  // empty, and alive whatever the last dialog did to it
  milter_.reset();   // of a dialog that went wrong: the next daemon listens on the same socket
  milter_ = std::make_unique<OptoutMilter>(
      redis_, address_, configured ? configuration(first.block) : configuration(""));
  answer_.clear();
  begin();
  for (Step step : dialog.steps) {
    if (configured && step.line == first.line) continue;
    try {
      step.rest = with_unsubscribe_addresses(step.rest, answer_);
      take(step);
    } catch (const std::exception& problem) {
      throw DialogError(dialog.path, step, problem.what());
    }
  }
  end();
  if (milter_->stop() != 0) throw std::runtime_error(dialog.path + ": the daemon did not end well");
  if (is_discreet_) must_name_nobody(dialog, log());
}

void Player::take(const Step& step) {
  if (step.verb == "CONFIG") {
    milter_->configure(configuration(step.block));
    milter_->reload();
  } else if (step.verb == "REDIS") {
    redis_step(step);
  } else if (is_discreet_ && (step.verb == "LOG" || step.verb == "NOLOG")) {
    return;
  } else if (step.verb == "LOG") {
    if (!milter_->log().will_have(step.rest)) throw std::runtime_error("no such line");
  } else if (step.verb == "NOLOG") {
    if (milter_->log().has(step.rest)) throw std::runtime_error("there is such a line");
  } else if (step.verb == "METRIC") {
    metric_step(step.rest);
  } else if (!about_sets(step) && !about_fields(step)) {
    mail_step(step);
  }
}

bool Player::about_sets(const Step& step) {
  std::string_view rest = step.rest;
  if (step.verb == "OPTOUT") {
    change_set("add", rest);
  } else if (step.verb == "OPTIN") {
    change_set("remove", rest);
  } else if (step.verb == "LIST") {
    must_succeed(
        milter_->ctl({"token", "mint", "--to", "anybody@example.com", "--list", step.rest}));
  } else if (step.verb == "LISTED") {
    const auto record = evidence(rest);
    if (!record) throw std::runtime_error("is not in it");
    must_have_words(rest, *record);
  } else if (step.verb == "UNLISTED") {
    if (const auto record = evidence(rest)) throw std::runtime_error("is in it: " + *record);
  } else if (step.verb == "EVENT") {
    must_have_event(rest);
  } else {
    return false;
  }
  return true;
}

// Takes "ADDRESS SET" off `rest`. Nothing where the address is not in the set. Keys of a tenant's
// begin with its name.
std::optional<std::string> Player::evidence(std::string_view& rest) const {
  const std::string address = take_word(rest);
  const SetName set = set_named(take_word(rest));
  const std::string text(set.text());
  const std::string keys =
      set.tenant().empty() ? "optout:" : fmt::format("optout:{}:", set.tenant());
  if (redis_.cli({"SISMEMBER", keys + "set:" + text, address}) != "1") return std::nullopt;
  return redis_.cli({"HGET", keys + "entry:" + address, text});
}

// The newest entry of the stream: its id, and then names and values by turns.
void Player::must_have_event(std::string_view words) const {
  const std::string reply = redis_.cli({"XREVRANGE", "optout:events", "+", "-", "COUNT", "1"});
  std::string record;
  std::size_t line = 0;
  for (std::size_t at = 0; at < reply.size(); ++line) {
    const std::size_t end = std::min(reply.find('\n', at), reply.size());
    if (line > 0) record += reply.substr(at, end - at) + (line % 2 == 1 ? "=" : " ");
    at = end + 1;
  }
  must_have_words(words, record);
}

bool Player::about_fields(const Step& step) {
  if (step.verb != "FIELD" && step.verb != "NOFIELD" && step.verb != "OFFERED") return false;
  const std::vector<std::string> all = headers();
  if (all.empty()) throw std::runtime_error("the message went to nobody");
  for (const std::string& header : all) {
    if (step.verb == "OFFERED") {
      answer_ = offered_address(header, step.rest);
      continue;
    }
    const auto [name, value] = split_field(step.rest);
    std::string_view field;
    const unsigned count = count_of(name, header, field);
    if (count != (step.verb == "FIELD" ? 1 : 0))
      throw std::runtime_error(fmt::format("{} of them in:\n{}", count, header));
    if (count > 0) expect(value, split_field(field).second);
  }
  return true;
}

// "METRIC NUMBER": what mail has led to is counted before the MTA hears of it.
void Player::metric_step(std::string_view rest) const {
  const std::string metric = take_word(rest);
  const auto found = metric_on(milter_->metrics(), metric);
  if (!found) throw std::runtime_error("is not counted");
  if (*found != std::stod(std::string(rest)))
    throw std::runtime_error(fmt::format("is {}", *found));
}

// "SET MEMBER…"
void Player::change_set(const std::string& verb, std::string_view rest) {
  const std::string set = take_word(rest);
  std::vector<std::string> arguments{verb};
  for (std::string& member : words_of(rest))
    arguments.push_back(std::move(member));
  arguments.insert(arguments.end(), {"--set", set});
  if (verb == "remove") arguments.insert(arguments.end(), {"--because", "the dialog says so"});
  must_succeed(milter_->ctl(arguments));
}

// The daemon serves before it has looked at Redis for the first time, of its own accord: were that
// still under way, what the dialog asks would not be the first to find Redis gone.
void Player::wait_for_first_look() {
  milter_->log().will_have("the suppression sets are there");
  if (!milter_->log().has("metrics on ")) return;
  wait_until(
      [this] { return milter_->metrics().find("\noptout_redis_up 1") != std::string::npos; });
}

void Player::redis_step(const Step& step) {
  const bool goes_away = step.rest == "stop" || step.rest == "freeze";
  if (goes_away && milter_ != nullptr) wait_for_first_look();
  if (step.rest == "stop") return redis_.stop();
  if (step.rest == "start") return redis_.start();
  if (step.rest == "freeze") return redis_.freeze();
  if (step.rest == "thaw") return redis_.thaw();
  if (step.rest == "init") return must_succeed(milter_->ctl({"init"}));
  redis_.cli(words_of(step.rest));
}

}  // namespace optout::test
