#include "mta/placement.h"

#include "mta/mail.h"
#include "support/yaml_merge.h"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace optout::test {
namespace {

const std::vector<std::string> kPostfixFiles{"sh", "optout-milter.yaml", "main.cf", "master.cf",
                                             "opendkim.conf"};
const std::vector<std::string> kSendmailFiles{"sh", "optout-milter.yaml", "sendmail.mc",
                                              "virtusertable", "opendkim.conf"};

PostfixOptions postfix_options(Followed& lines, const SmtpSink& sink, bool chroot) {
  lines.replace("10026", std::to_string(sink.port()));
  return {.milter = {},
          .next_hop = sink.port(),
          .parameters = {lines.lines_for("main.cf")},
          .services = lines.lines_for("master.cf"),
          .chroot = chroot};
}

// What is typed finds the programs under test first.
void type(const std::string& commands) {
  const char* const ours = std::getenv("OPTOUT_BIN");
  const std::string path =
      fmt::format("PATH={}:{}", ours != nullptr ? ours : "", std::getenv("PATH"));
  const Finished done = run({"sh", "-e", "-c", commands}, {}, {path});
  if (done.exit_status != 0) throw std::runtime_error("sh: " + done.err);
}

OptoutMilter start_daemon(Followed& lines, const Postfix& postfix, const TempDir& etc,
                          const RedisServer& redis) {
  lines.replace("/var/spool/postfix", postfix.queue_directory());
  lines.replace("/etc/optout-milter/", etc / "");
  type(lines.lines_for("sh"));
  return OptoutMilter(redis, lines.daemon_address(), lines.daemon_configuration());
}

Followed sendmail_lines(const std::string& recipe, const Replacements& replacements,
                        const SharedDir& directory) {
  Followed lines(recipe, kSendmailFiles, replacements);
  for (const char* ours : {"/run/optout-milter/", "/etc/optout-milter/", "/etc/mail/"})
    lines.replace(ours, directory / "");
  for (const char* port : {"Port=smtp", "Port=submission", "Port=2525"})
    lines.replace(port, fmt::format("Addr=127.0.0.1, Port={}", free_port()));
  type(lines.lines_for("sh"));
  if (const std::string users = lines.lines_for("virtusertable"); !users.empty())
    Sendmail::make_map(directory / "virtusertable", users);
  return lines;
}

std::string converse(SmtpClient& client, const std::vector<std::string>& recipients,
                     std::string_view message) {
  client.say("EHLO client.example");
  const SmtpReply mail = client.say("MAIL FROM:<news@shop.example>");
  if (!mail.is_positive()) return mail.text;
  std::string refusal;
  for (const std::string& recipient : recipients) {
    const SmtpReply answer = client.say(fmt::format("RCPT TO:<{}>", recipient));
    if (!answer.is_positive() && refusal.empty()) refusal = answer.text;
  }
  const SmtpReply data = client.say("DATA");
  const std::string end = data.code == 354 ? client.send_content(message).text : data.text;
  return refusal.empty() ? end : refusal;
}

}  // namespace

PostfixPlacement::PostfixPlacement(const std::string& recipe, const Replacements& replacements,
                                   bool chroot)
    : lines(recipe, kPostfixFiles, replacements),
      postfix(postfix_options(lines, sink, chroot)),
      milter(start_daemon(lines, postfix, etc, redis)) {}

Outcome PostfixPlacement::send(const std::string& listener,
                               const std::vector<std::string>& recipients,
                               std::string_view message) {
  SmtpClient client(postfix.port(listener));
  std::string reply = converse(client, recipients, message);
  client.say("QUIT");
  return {.reply = std::move(reply), .delivered = delivered()};
}

Outcome PostfixPlacement::submit(const std::vector<std::string>& recipients) {
  const int status = postfix.submit("cron@shop.example", recipients, "Subject: x\n\nHello\n");
  return {.reply = std::to_string(status), .delivered = delivered()};
}

std::string PostfixPlacement::delivered() {
  postfix.wait_until_empty();
  std::string who = who_got_mail(sink.deliveries());
  sink.forget();
  return who;
}

void PostfixPlacement::opt_out(const std::vector<std::string>& members, const std::string& set) {
  test::opt_out(milter, set, members);
}

void PostfixPlacement::configure(std::string_view config) {
  milter.configure(merged_yaml(lines.daemon_configuration(), config));
  milter.reload();
}

std::size_t PostfixPlacement::decided() const {
  const std::string log = milter.log().text();
  std::size_t count = 0;
  for (std::size_t at = log.find("nrcpt="); at != std::string::npos;
       at = log.find("nrcpt=", at + 1))
    ++count;
  return count;
}

SendmailPlacement::SendmailPlacement(const std::string& recipe, const Replacements& replacements)
    : lines(sendmail_lines(recipe, replacements, directory)),
      milter(redis, lines.daemon_address(), lines.daemon_configuration()),
      sendmail({.milter = {}, .next_hop = sink.port(), .lines = {lines.lines_for("sendmail.mc")}}) {
}

std::uint16_t SendmailPlacement::port(const std::string& listener) const {
  const std::string& port = lines.replacement(listener);
  return static_cast<std::uint16_t>(std::stoi(port.substr(port.rfind('=') + 1)));
}

Outcome SendmailPlacement::send(const std::string& listener,
                                const std::vector<std::string>& recipients,
                                std::string_view message) {
  SmtpClient client(port(listener));
  std::string reply = converse(client, recipients, message);
  client.say("QUIT");
  std::string who = who_got_mail(sink.deliveries());
  sink.forget();
  return {.reply = std::move(reply), .delivered = std::move(who)};
}

void SendmailPlacement::opt_out(const std::vector<std::string>& members, const std::string& set) {
  test::opt_out(milter, set, members);
}

}  // namespace optout::test
