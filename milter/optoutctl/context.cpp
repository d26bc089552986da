#include "optoutctl/context.h"

#include "config/reader.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "suppression/redis_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace optout {
namespace {

// A person waits longer than a mail does: the daemon's deadline would make a slow link look like an
// outage.
constexpr std::chrono::milliseconds kPatience{3000};
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

}  // namespace

const Config& Context::config() {
  if (!config_) {
    auto loaded = load_config(globals_.config_file);
    // Of what is only doubtful the daemon speaks when it starts, and doctor when it is asked.
    if (!loaded.usable()) {
      for (const auto& complaint : loaded.complaints)
        complain(complaint.to_string());
      const std::string denied = std::generic_category().message(EACCES);
      for (const auto& complaint : loaded.complaints) {
        if (complaint.is_warning || complaint.problem.find(denied) == std::string::npos) continue;
        throw Trouble(EX_NOPERM,
                      "nothing done: you may not read the configuration\n"
                      "  run it as root (sudo), or as a user in the group of that file");
      }
      throw Trouble(
          EX_CONFIG,
          fmt::format("nothing done: {} in the configuration\n"
                      "  correct it, or name another with -c; to check it: optout-milter -t -c {}",
                      loaded.summary(), shell_quoted(globals_.config_file)));
    }
    config_ = std::move(loaded.config);
    config_->redis.timeout = std::max(config_->redis.timeout, kPatience);
  }
  return *config_;
}

redis::Executor& Context::redis() {
  if (!redis_) redis_ = redis::make_client(config().redis);
  return *redis_;
}

SuppressionStore& Context::store() {
  if (!store_) store_ = make_redis_store(redis(), config().prefix, config().addresses);
  return *store_;
}

Results Context::results(std::vector<Column> columns) const {
  if (globals_.quiet) return Results(make_silent_output());
  return Results(make_output(globals_.format, std::move(columns), stdout));
}

void Context::say(std::string_view sentence) const {
  if (!globals_.quiet) complain(sentence);
}

void Context::complain(std::string_view sentence) const {
  std::fflush(
      stdout);  // on a terminal, talk and results come in the order in which they were written
  fmt::print(stderr, "optoutctl: {}\n", with_config_named(sentence));
}

std::string Context::command(std::string_view verb) const {
  if (globals_.config_file == kDefaultConfigFile) return fmt::format("optoutctl {}", verb);
  return fmt::format("optoutctl -c {} {}", shell_quoted(globals_.config_file), verb);
}

std::string Context::with_config_named(std::string_view text) const {
  constexpr std::string_view kProgram = "optoutctl ";
  constexpr std::array<std::string_view, 10> kVerbs{"init",    "add",  "remove", "check", "lists",
                                                    "explain", "keys", "token",  "guard", "doctor"};
  std::string out;
  std::size_t done = 0;
  for (auto at = text.find(kProgram); at != std::string_view::npos;
       at = text.find(kProgram, done)) {
    const std::string_view rest = text.substr(at + kProgram.size());
    const std::string_view word = rest.substr(0, rest.find_first_not_of(kLetters));
    const bool is_command = std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end();
    out += text.substr(done, at - done);
    out += is_command ? command("") : std::string(kProgram);
    done = at + kProgram.size();
  }
  return out.append(text.substr(done));
}

}  // namespace optout
