// Plays dialogs: play_dialogs [--mta postfix|sendmail | --discreet] FILE…
//
// Exits 0 if every dialog came out as written, 1 if not, 77 (skipped) if none could be played here.

#include "dialogs/player.h"
#include "support/postfix.h"
#include "support/sendmail.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>

namespace optout::test {
namespace {

constexpr int kSkipped = 77;

std::string tail(const std::string& text, std::size_t length) {
  return text.size() <= length ? text : "…" + text.substr(text.size() - length);
}

std::optional<std::string> unavailable(PlayerKind kind) {
  if (auto why_not = OptoutMilter::unavailable()) return why_not;
  if (kind == PlayerKind::postfix) return Postfix::unavailable();
  if (kind == PlayerKind::sendmail) return Sendmail::unavailable();
  return std::nullopt;
}

std::unique_ptr<Player> make_player(PlayerKind kind) {
  if (kind == PlayerKind::postfix) return make_postfix_player();
  if (kind == PlayerKind::sendmail) return make_sendmail_player();
  return make_milter_player();
}

int play_all(PlayerKind kind, bool is_discreet, const std::vector<std::string>& files) {
  std::unique_ptr<Player> player;
  int played = 0;
  int failed = 0;
  for (const std::string& file : files) {
    const Dialog dialog = read_dialog(file, kind);
    if (dialog.skipped) {
      fmt::print("skipped: {}: {}\n", file, dialog.reason);
      continue;
    }
    if (!player) player = make_player(kind);
    if (is_discreet) player->be_discreet();
    ++played;
    try {
      player->play(dialog);
      fmt::print("as written: {}\n", file);
    } catch (const std::exception& problem) {
      ++failed;
      fmt::print("{}\nThe daemon's log:\n{}\n", problem.what(), tail(player->log(), 4000));
    }
    std::fflush(stdout);
  }
  if (failed > 0) return 1;
  return played > 0 ? 0 : kSkipped;
}

int run_program(std::vector<std::string> arguments) {
  std::optional<PlayerKind> kind = PlayerKind::milter;
  if (arguments.size() >= 2 && arguments[0] == "--mta") {
    kind = player_named(arguments[1]);
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  const bool is_discreet = !arguments.empty() && arguments[0] == "--discreet";
  if (is_discreet) arguments.erase(arguments.begin());
  if (!kind || arguments.empty() || arguments[0].starts_with('-')) {
    fmt::print(stderr, "usage: play_dialogs [--mta postfix|sendmail | --discreet] FILE...\n");
    return 64;
  }
  if (const auto why_not = unavailable(*kind)) {
    fmt::print("skipped: {}\n", *why_not);
    return kSkipped;
  }
  return play_all(*kind, is_discreet, arguments);
}

}  // namespace
}  // namespace optout::test

int main(int count, char** words) {
  try {
    return optout::test::run_program({words + 1, words + count});
  } catch (const std::exception& problem) {
    fmt::print(stderr, "{}\n", problem.what());
    return 1;
  }
}
