#include "dialogs/player.h"

#include "support/http.h"

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

}  // namespace

void expect(std::string_view expected, std::string_view actual) {
  if (!matches(expected, actual)) throw std::runtime_error(fmt::format("got \"{}\"", actual));
}

// "@DIR@" stands for the directory in which the file of digest keys is.
std::string Player::with_files(std::string_view config) const {
  constexpr std::string_view kDirectory = "@DIR@";
  std::string text(config);
  const std::size_t at = text.find(kDirectory);
  if (at == std::string::npos) return text;
  const std::string keys = directory_ / "address.keys";
  std::ofstream(keys) << "1:" << std::string(64, '7') << '\n';
  std::filesystem::permissions(
      keys, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  return text.replace(at, kDirectory.size(), directory_ / ".");
}

void Player::play(const Dialog& dialog) {
  const Step& first = dialog.steps.front();
  const bool configured = first.verb == "CONFIG";
  redis_.restart();  // empty, and alive whatever the last dialog did to it
  milter_.reset();   // of a dialog that went wrong: the next daemon listens on the same socket
  milter_ =
      std::make_unique<OptoutMilter>(redis_, address_, configured ? with_files(first.block) : "");
  begin();
  for (const Step& step : dialog.steps) {
    if (configured && &step == &first) continue;
    try {
      take(step);
    } catch (const std::exception& problem) {
      throw DialogError(dialog.path, step, problem.what());
    }
  }
  end();
  if (milter_->stop() != 0) throw std::runtime_error(dialog.path + ": the daemon did not end well");
}

void Player::take(const Step& step) {
  if (step.verb == "CONFIG") {
    milter_->configure(with_files(step.block));
    milter_->reload();
  } else if (step.verb == "OPTOUT") {
    change_set("add", step.rest);
  } else if (step.verb == "OPTIN") {
    change_set("remove", step.rest);
  } else if (step.verb == "REDIS") {
    redis_step(step);
  } else if (step.verb == "LOG") {
    if (!milter_->log().will_have(step.rest)) throw std::runtime_error("no such line");
  } else if (step.verb == "NOLOG") {
    if (milter_->log().has(step.rest)) throw std::runtime_error("there is such a line");
  } else if (step.verb == "METRIC") {
    metric_step(step.rest);
  } else {
    mail_step(step);
  }
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

void Player::redis_step(const Step& step) {
  if (step.rest == "stop") return redis_.stop();
  if (step.rest == "start") return redis_.start();
  if (step.rest == "freeze") return redis_.freeze();
  if (step.rest == "thaw") return redis_.thaw();
  if (step.rest == "init") return must_succeed(milter_->ctl({"init"}));
  redis_.cli(words_of(step.rest));
}

}  // namespace optout::test
