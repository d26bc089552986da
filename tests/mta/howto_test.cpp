// packaging/HOWTO.md followed to the letter, from Redis' settings to the newsletter that no longer
// comes. What is not done here is what the package does: install, and make the socket's directory.

#include "mta/mail.h"
#include "mta/needs.h"
#include "mta/recipe.h"
#include "support/optout_milter.h"
#include "support/postfix.h"
#include "support/redis_server.h"
#include "support/smtp_client.h"
#include "support/smtp_sink.h"
#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace optout::test {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

struct Followed {
  const Recipe howto{"../../packaging/HOWTO"};
  TempDir etc;
  RedisServer redis{lines_of(howto.lines_for("redis.conf"))};
  SmtpSink world;
  Postfix postfix{{.milter = {},
                   .next_hop = world.port(),
                   .parameters = {howto.lines_for("main.cf")},
                   .services = {},
                   .chroot = true}};
  OptoutMilter milter;

  Followed() : milter(redis, socket_of(postfix), configuration()) {}

  // As the package does: /var/spool/postfix/optout-milter, for the group postfix.
  static SocketAddress socket_of(const Postfix& postfix) {
    const std::string directory = postfix.queue_directory() + "/optout-milter";
    must({"install", "-d", "-g", "postfix", "-m", "2750", directory});
    return unix_socket(directory + "/milter.sock");
  }
  static void must(const std::vector<std::string>& argv) {
    const Finished done = run(argv);
    BOOST_REQUIRE_MESSAGE(done.exit_status == 0, argv.front() << ": " << done.err);
  }
  std::string configuration() {
    type("optoutctl keys");
    type("chgrp ");
    std::string config = howto.lines_for("optout-milter.yaml");
    replace_all(config, "/etc/optout-milter/", etc / "");
    replace_all(config, "127.0.0.1:9894", "127.0.0.1:0");
    return config + "socket: { group: postfix }\n";
  }
  // The lines of the HOWTO that begin so, as they stand there.
  void type(const std::string& beginning) {
    unsigned typed = 0;
    for (std::string line : lines_of(howto.lines_for("sh"))) {
      if (!line.starts_with(beginning)) continue;
      replace_all(line, "/etc/optout-milter/", etc / "");
      replace_all(line, "chgrp _optout-milter", "chgrp root");
      if (line.starts_with("optoutctl ") && !line.starts_with("optoutctl keys"))
        line += " -c " + milter.config_file();
      must({"sh", "-c", "PATH=\"$OPTOUT_BIN:$PATH\"; " + line});
      ++typed;
    }
    BOOST_TEST(typed > 0U, beginning);
  }
  void newsletter() {
    const std::string all = howto.lines_for("sh");
    const std::size_t begin = all.find("'From: news@example.com") + 1;
    std::string message = all.substr(begin, all.find('\'', begin) - begin);
    replace_all(message, "\\n", "\n");
    BOOST_TEST(postfix.submit("news@example.com", {"you@example.net"}, message) == 0);
    BOOST_TEST(postfix.wait_until_empty());
  }
  std::string delivered() const { return who_got_mail(world.deliveries()); }
};

// The address that the only copy which went out offers.
std::string way_out(const std::vector<Delivery>& deliveries) {
  BOOST_REQUIRE_EQUAL(deliveries.size(), 1U);
  const std::string& copy = deliveries.front().data;
  constexpr std::string_view kBefore = "List-Unsubscribe: <mailto:";
  const std::size_t begin = copy.find(kBefore);
  BOOST_REQUIRE_MESSAGE(begin != std::string::npos, copy);
  const std::size_t start = begin + kBefore.size();
  return copy.substr(start, copy.find('?', start) - start);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(howto, *needs<Postfix>() * needs<OptoutMilter>())

BOOST_FIXTURE_TEST_CASE(whoever_follows_it_has_a_relay_that_takes_no_for_an_answer, Followed) {
  type("optoutctl add ");
  SmtpClient client(postfix.port());
  client.say("EHLO crm.example");
  client.say("MAIL FROM:<news@example.com>");
  BOOST_TEST(client.say("RCPT TO:<bob@example.net>").code == 250);
  const SmtpReply refused = client.say("RCPT TO:<ann@example.net>");
  BOOST_TEST(refused.text == "550 5.7.1 recipient has opted out of this mail [optout]");
  client.say("DATA");
  BOOST_TEST(client.send_content("Subject: Hello\r\n\r\nHello.\r\n").code == 250);
  BOOST_TEST(postfix.wait_until_empty());
  BOOST_TEST(delivered() == "<bob@example.net>");
  world.forget();

  newsletter();
  const std::string address = way_out(world.deliveries());
  world.forget();
  client.say("MAIL FROM:<somebody@else.example>");
  BOOST_TEST(client.say("RCPT TO:<" + address + ">").code == 250);
  client.say("DATA");
  BOOST_TEST(client.send_content("Subject: unsubscribe\r\n\r\n").code == 250);
  BOOST_TEST(postfix.wait_until_empty());
  const Finished check = milter.ctl({"check", "you@example.net"});
  BOOST_TEST(check.out.find("list:news.example.com") != std::string::npos, check.out);
  BOOST_TEST(check.out.find("reply") != std::string::npos, check.out);

  newsletter();
  BOOST_TEST(delivered() == "<news@example.com>");  // the bounce
  world.forget();
  type("optoutctl remove ");
  newsletter();
  BOOST_TEST(delivered() == "<you@example.net>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
