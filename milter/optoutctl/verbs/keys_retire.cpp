// optoutctl keys retire: has a key verify no longer. The line stays, so that its number is never
// given to another key. What is wrong with other lines does not keep a leaked key from being
// retired, but is told: the daemon takes no file with such lines.
//
// Whoever was mailed while the key minted cannot unsubscribe by that mail any more. The law wants
// that to work for 60 days (OC-22), so a key is kept until 60 days after the next one was made.

#include "config/key_lines.h"
#include "config/token_key_file.h"
#include "log/log.h"
#include "optoutctl/file_replacement.h"
#include "optoutctl/token_key_files.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "util/day.h"
#include "util/whole_number.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::chrono::days kStaysGood{60};

std::string with_key_retired(std::string_view text, unsigned number, std::chrono::sys_days day) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (number_of_key_line(line) == number) {
      line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
      out.append(line).append(" retired=").append(day_text(day));
    } else {
      out.append(line);
    }
    out += '\n';
  }
  return out;
}

unsigned number_of(const std::string& typed) {
  const unsigned number = whole_number<unsigned>(typed).value_or(0);
  if (number == 0 || number > kHighestTokenKey) {
    throw wrong_usage(fmt::format("{} is no number of a key (write 1 to {})", log::escaped(typed),
                                  kHighestTokenKey));
  }
  return number;
}

class KeysRetire final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        keys_group(program).add_subcommand("retire", "Have the tokens of a key verify no longer");
    verb->add_option("NUMBER", typed_, "The key's number");
    verb->add_option("FILE", file_, "The file of keys (default: unsubscribe.keys)");
    verb->add_flag("--now", now_,
                   "Even if mail of the last 60 days cannot be unsubscribed from any more");
    verb->footer("Exit: 0 it is retired; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    if (typed_.empty()) {
      throw wrong_usage(fmt::format("which key?\n  to see them: {}", context.command("keys list")));
    }
    number_ = number_of(typed_);
    const std::string path = token_key_path(context, file_, fmt::format("keys retire {}", number_));
    FileReplacement file(path);
    const auto [keys, was_usable] = read_token_keys(context, path, file_);
    const auto key = keys.find(number_);
    if (key == keys.end()) {
      throw wrong_usage(fmt::format("{} has no key {}\n  to see those it has: {}{}",
                                    log::escaped(path), number_, context.command("keys list"),
                                    file_word(file_)));
    }
    if (!key->second.retired) {
      check(context, keys, key);
      file.commit(with_key_retired(file.old_text(), number_, today()));
    }
    Results results = context.results({{"number"}, {"state"}, {"fingerprint"}, {"file"}});
    results.row({fmt::format("{}", number_), std::string("retired"),
                 token_key_fingerprint(number_, key->second), path});
    results.finish();
    say_what_next(context, path);
    if (was_usable || is_usable(path)) return EX_OK;
    throw Trouble(
        EX_CONFIG,
        fmt::format("key {} is retired, but the file cannot be used as it is: until it is "
                    "corrected, daemons go on with the keys they have, or do not start",
                    number_));
  }

private:
  // Its lines have been complained of: perhaps of no other than the one that is retired now.
  static bool is_usable(const std::string& path) {
    Report report;
    const Place file{.file = report.add_file(path), .line = 0, .column = 0};
    static_cast<void>(read_token_key_file(path, file, {}, report));
    return report.errors() == 0;
  }

  // Throws Trouble where `key` is still needed.
  void check(const Context& context, const TokenKeys& keys, TokenKeys::const_iterator key) const {
    if (minting_key(keys) == number_) {
      throw wrong_usage(
          fmt::format("key {} is the one that mints\n  make its successor first: {}{}", number_,
                      context.command("keys new"), file_word(file_)));
    }
    if (now_) return;
    const auto& [next, successor] = *std::next(key);  // there is one: this one does not mint
    if (successor.made == std::chrono::sys_days()) {
      throw wrong_usage(fmt::format(
          "key {0} minted until key {1} was made, and the file does not say when that was\n"
          "  if it was {2} days ago: {3} {0}{4} --now",
          number_, next, kStaysGood.count(), context.command("keys retire"), file_word(file_)));
    }
    const auto good_until = successor.made + kStaysGood;
    if (today() < good_until) {
      throw wrong_usage(fmt::format(
          "key {0} minted until {1}: whoever was mailed then may unsubscribe until {2}\n"
          "  wait until then; if the key has become known: {3} {0}{4} --now",
          number_, day_text(successor.made), day_text(good_until), context.command("keys retire"),
          file_word(file_)));
    }
  }

  unsigned number_ = 0;
  std::string typed_, file_;
  bool now_ = false;
};

}  // namespace

std::unique_ptr<Verb> verb_keys_retire() {
  return std::make_unique<KeysRetire>();
}

}  // namespace optout
