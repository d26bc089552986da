// Plays dialogs. What concerns the daemon and Redis is the same for every player and is done here;
// what concerns mail is done by MilterPlayer, which plays the MTA itself, and by PostfixPlayer and
// SendmailPlayer, which have a real one.

#pragma once

#include "dialogs/dialog.h"
#include "support/optout_milter.h"
#include "support/redis_server.h"
#include "support/shared_dir.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class Player {
public:
  virtual ~Player() = default;
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  // Throws DialogError at the first step that does not come out as the dialog says.
  void play(const Dialog& dialog);
  // From now on the daemon is told to log no addresses; what dialogs say of its log is passed over,
  // and instead whoever a dialog names must not be in it.
  void be_discreet() noexcept { is_discreet_ = true; }
  // What the daemon logged in the last dialog.
  std::string log() const { return milter_ ? milter_->log().text() : std::string(); }

protected:
  Player() : address_(unix_socket(directory_ / "milter.sock")) {}
  // With the milter's socket below `parent`.
  explicit Player(const std::string& parent)
      : directory_(parent), address_(unix_socket(directory_ / "milter.sock")) {}

  const SocketAddress& address() const noexcept { return address_; }

  // A new dialog begins: no connection yet, no facts about the client.
  virtual void begin() = 0;
  // A step about mail. Throws std::runtime_error with what happened instead.
  virtual void mail_step(const Step& step) = 0;
  // Of each copy of the last message that went out, and whatever follows it; none if it went to
  // nobody.
  virtual std::vector<std::string> headers() const = 0;
  virtual void end() = 0;

private:
  void take(const Step& step);
  std::string configuration(std::string_view config) const;
  std::string with_files(std::string_view config) const;
  void change_set(const std::string& verb, std::string_view rest);
  void wait_for_first_look();
  void redis_step(const Step& step);
  void metric_step(std::string_view rest) const;
  bool about_sets(const Step& step);
  bool about_fields(const Step& step);
  std::optional<std::string> evidence(std::string_view& rest) const;
  void must_have_event(std::string_view rest) const;

  bool is_discreet_ = false;
  SharedDir directory_;
  SocketAddress address_;
  RedisServer redis_;
  std::unique_ptr<OptoutMilter> milter_;
  std::string answer_;  // the unsubscribe address that was OFFERED last
};

// Throws std::runtime_error unless `actual` is what the step expects.
void expect(std::string_view expected, std::string_view actual);

std::unique_ptr<Player> make_milter_player();
std::unique_ptr<Player> make_postfix_player();
std::unique_ptr<Player> make_sendmail_player();

}  // namespace optout::test
