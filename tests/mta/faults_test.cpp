// Everything breaks while mail flows, with real processes: whatever happens, nobody who has opted
// out gets mail, and no other mail is lost (design section 10).

#include "mta/load.h"
#include "mta/relay.h"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>

namespace optout::test {
namespace {

constexpr int kSenders = 4;
constexpr int kSome = 60;  // messages before, between and after faults
constexpr std::string_view kPassword = "first-password";

// What the daemon is told is the password; read again at every connection.
class PasswordFile {
public:
  PasswordFile() { write(kPassword); }
  void write(std::string_view password) {
    std::ofstream(path(), std::ios::trunc) << password << '\n';
    ::chmod(path().c_str(), 0600);
  }
  std::string path() const { return directory_ / "password"; }

private:
  TempDir directory_;
};

PasswordFile& password_file() {
  static PasswordFile file;
  return file;
}

// The deadline is short enough that a frozen Redis holds nobody up for long.
std::string config() {
  return fmt::format("redis: {{ timeout: 250ms, password_file: {} }}\n", password_file().path());
}

std::unique_ptr<Relay> the_relay;

struct StartRelay {
  StartRelay() { skip_all_if(Relay::unavailable()); }
  // Redis keeps what it is told over restarts, as an administrator of opt-outs would have it.
  void setup() {
    the_relay = std::make_unique<Relay>(
        config(), std::vector<std::string>{"appendonly yes", "appendfsync always",
                                           fmt::format("requirepass {}", kPassword)});
  }
  void teardown() { the_relay.reset(); }
};
BOOST_TEST_GLOBAL_FIXTURE(StartRelay);

// Each test begins with the opt-outs of the load in Redis, nothing at the sink, and mail flowing.
struct MailFlows {
  void setup() {
    relay.begin_anew(config());
    Load::prepare(relay);
    load = std::make_unique<Load>(relay, kSenders);
    BOOST_TEST_REQUIRE(load->wait_for_messages(kSome));
  }
  void teardown() {
    BOOST_TEST(load->wait_for_messages(kSome));  // after the fault, as before
    BOOST_TEST(load->finish() == "");
    BOOST_TEST_MESSAGE(load->messages() << " messages, " << load->deferrals() << " times put off");
  }
  Relay& relay = *the_relay;
  std::unique_ptr<Load> load;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(with_mail_flowing, MailFlows)

BOOST_AUTO_TEST_CASE(redis_stops_and_comes_back) {
  relay.redis.stop();
  BOOST_TEST(load->wait_for_deferrals(kSome));
  relay.redis.start();
}

BOOST_AUTO_TEST_CASE(redis_freezes_and_thaws) {
  relay.redis.freeze();
  BOOST_TEST(load->wait_for_deferrals(kSenders * 5));
  relay.redis.thaw();
}

BOOST_AUTO_TEST_CASE(redis_restarts_again_and_again) {
  for (int i = 0; i < 5; ++i) {
    relay.redis.restart();
    BOOST_TEST(load->wait_for_messages(kSenders * 3));
  }
}

BOOST_AUTO_TEST_CASE(redis_is_flushed_and_filled_again) {  // AT-25
  relay.redis.cli({"FLUSHALL"});
  BOOST_TEST(load->wait_for_deferrals(kSome));
  Load::prepare(relay);
}

BOOST_AUTO_TEST_CASE(redis_wants_another_password) {
  const auto change_password = [this](std::string_view password) {
    relay.redis.cli({"CONFIG", "SET", "requirepass", std::string(password)});
    relay.redis.set_password(std::string(password));
    relay.redis.cli({"CLIENT", "KILL", "TYPE", "normal"});
  };
  change_password("second-password");
  BOOST_TEST(load->wait_for_deferrals(kSome));
  BOOST_TEST(relay.milter.log().has("fault=auth_failed"));
  password_file().write("second-password");  // no reload
  BOOST_TEST(load->wait_for_messages(kSome));
  password_file().write(kPassword);
  change_password(kPassword);
}

BOOST_AUTO_TEST_CASE(redis_becomes_a_read_only_replica) {
  const int before = load->deferrals();
  relay.redis.cli({"REPLICAOF", "127.0.0.1", "1"});  // nobody is there
  BOOST_TEST(load->wait_for_messages(kSome));
  BOOST_TEST(load->deferrals() == before);  // looking up is reading
  relay.redis.cli({"REPLICAOF", "NO", "ONE"});
}

BOOST_AUTO_TEST_CASE(the_daemon_is_killed_in_mid_message_and_started_again) {
  for (int i = 0; i < 5; ++i) {
    relay.milter.kill();
    relay.milter.start();
    BOOST_TEST(load->wait_for_messages(kSenders * 3));
  }
}

BOOST_AUTO_TEST_CASE(the_daemon_stays_away_for_a_while) {
  relay.milter.kill();
  BOOST_TEST(load->wait_for_deferrals(kSome));
  relay.milter.start();
}

BOOST_AUTO_TEST_CASE(the_daemon_reloads_two_hundred_times) {
  const int before = load->deferrals();
  for (int i = 0; i < 200; ++i) {
    relay.milter.configure(config() +
                           fmt::format("streams: [{{ name: default, reply: \"no {}\" }}]", i));
    relay.milter.reload();
    load->wait_for_messages(1);
  }
  BOOST_TEST(load->deferrals() == before);
}

BOOST_AUTO_TEST_CASE(the_daemon_restarts_again_and_again) {
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(relay.milter.stop() == 0);
    relay.milter.start();
    BOOST_TEST(load->wait_for_messages(kSenders * 3));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
