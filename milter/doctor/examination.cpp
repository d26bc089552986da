#include "doctor/examination.h"

#include "config/read_file.h"
#include "config/reader.h"
#include "doctor/account.h"
#include "doctor/config_checks.h"
#include "doctor/config_place.h"
#include "doctor/daemon_checks.h"
#include "doctor/daemon_facts.h"
#include "doctor/link_check.h"
#include "doctor/opendkim.h"
#include "doctor/postfix.h"
#include "doctor/postfix_checks.h"
#include "doctor/program.h"
#include "doctor/redis_checks.h"
#include "doctor/redis_facts.h"
#include "doctor/redis_socket.h"
#include "doctor/reload_check.h"
#include "doctor/sendmail.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <variant>

namespace optout::doctor {
namespace {

constexpr const char* kSendmailCf = "/etc/mail/sendmail.cf";
constexpr const char* kOpendkimConf = "/etc/opendkim.conf";
constexpr const char* kDaemonUser = "_optout-milter";
constexpr std::size_t kMostOctets = std::size_t{4} << 20;

bool can_be_read(const std::string& path) {
  return ::access(path.c_str(), R_OK) == 0;
}

class Examination {
public:
  Examination(const Patient& patient, const std::function<void(const Finding&)>& tell)
      : patient_(patient), tell_(tell) {}

  void run() {
    loaded_ = load_config(patient_.config_file);
    tell(check_loading(loaded_, patient_.config_file, ::geteuid() == 0));
    if (!loaded_.usable()) {
      tell_(
          cannot_tell("everything else", "the configuration says where it is, and does not load"));
      return;
    }
    const Config& config = loaded_.config;
    tell(check_mode(loaded_));

    const DaemonFacts daemon = look_at_daemon(config.listen.address);
    const std::optional<Account> account = account_of_daemon(daemon);
    tell(check_reload(
        files_of_config(config, patient_.config_file), daemon, config.metrics.listen,
        config.metrics.listen ? time_of_loading(*config.metrics.listen) : std::nullopt));
    tell(check_secrets(secrets_of(config, patient_.config_file), account));
    tell(check_token_keys(config));

    const std::optional<Postfix> postfix = find_postfix();
    std::optional<Account> caller;
    if (postfix) caller = account_of(postfix->value("mail_owner"));
    tell(check_socket(daemon, config, caller));
    tell(check_answer(daemon));
    if (postfix) {
      tell(check_open_files(daemon, *postfix));
      tell(check_postfix(*postfix, config, postmap(*postfix)));
    }
    look_at_sendmail(config, postfix.has_value());
    look_at_opendkim(config);
    if (const auto& address = config.redis.address; address.is_unix())
      tell(check_redis_socket(look_at(address.path), way_to(address.path), account));
    look_at_redis(config);
    if (!config.unsubscribe.link.empty())
      tell_(check_link(config.unsubscribe.link, ask_for_link(config.unsubscribe.link)));
  }

private:
  void tell(const Findings& findings) {
    const std::string conf_d = std::filesystem::path(patient_.config_file).parent_path() / "conf.d";
    const bool has_conf_d = look_at(conf_d).exists();
    for (const Finding& finding : findings)
      tell_(placed(finding, loaded_, patient_.config_file, has_conf_d));
  }

  static std::optional<Account> account_of_daemon(const DaemonFacts& daemon) {
    if (daemon.process) return daemon.process->account;
    return account_of(std::string(kDaemonUser));
  }

  // Where nobody named one, none may be there, or one that nobody has configured.
  std::optional<Postfix> find_postfix() {
    const bool named = !patient_.postfix_directory.empty();
    const bool named_another = !patient_.sendmail_cf.empty();
    if (!named && named_another) return std::nullopt;
    if (!named) {
      if (!find_program("postconf")) return std::nullopt;
      const auto where = run_program({"postconf", "-h", "config_directory"});
      const auto* said = std::get_if<ProgramOutput>(&where);
      const std::string directory =
          said != nullptr ? said->out.substr(0, said->out.find('\n')) : "/etc/postfix";
      if (!can_be_read(directory + "/main.cf") || !can_be_read(directory + "/master.cf"))
        return std::nullopt;
    }
    auto asked = ask_postfix(patient_.postfix_directory);
    if (auto* postfix = std::get_if<Postfix>(&asked)) return std::move(*postfix);
    tell_(cannot_tell("Postfix", std::get<std::string>(asked),
                      {"postfix check    # says what is wrong with its configuration"}));
    told_of_postfix_ = true;
    return std::nullopt;
  }

  void look_at_sendmail(const Config& config, bool has_postfix) {
    const bool named = !patient_.sendmail_cf.empty();
    const std::string file = named ? patient_.sendmail_cf : kSendmailCf;
    const bool other_named = !patient_.postfix_directory.empty();
    if (!named && (has_postfix || other_named || !can_be_read(file))) {
      if (!has_postfix && !told_of_postfix_) {
        tell_(cannot_tell("MTA",
                          fmt::format("neither a configured Postfix nor {} is here", kSendmailCf),
                          {"name its configuration:  optoutctl doctor --postfix-config DIR",
                           "or:  optoutctl doctor --sendmail-cf FILE"}));
      }
      return;
    }
    const auto read = read_file(file, kMostOctets);
    if (const auto* text = std::get_if<FileText>(&read)) {
      tell(check_sendmail(parse_sendmail(text->text), config));
    } else {
      tell_(cannot_tell("Sendmail", fmt::format("{} {}", file, std::get<std::string>(read))));
    }
  }

  void look_at_opendkim(const Config& config) {
    const bool named = !patient_.opendkim_conf.empty();
    const std::string file = named ? patient_.opendkim_conf : kOpendkimConf;
    const auto read = read_file(file, kMostOctets);
    if (const auto* text = std::get_if<FileText>(&read)) {
      tell(check_opendkim(parse_opendkim(text->text), config, file));
    } else if (named) {
      tell_(cannot_tell("OpenDKIM", fmt::format("{} {}", file, std::get<std::string>(read))));
    }
  }

  void look_at_redis(const Config& config) {
    const RedisCli redis_cli = [&](std::string_view command) {
      return patient_.redis_cli(config.redis, command);
    };
    tell(check_redis(ask_redis(config), config, redis_cli, patient_.optoutctl));
  }

  const Patient& patient_;
  Loaded loaded_;
  const std::function<void(const Finding&)>& tell_;
  bool told_of_postfix_ = false;
};

}  // namespace

void examine(const Patient& patient, const std::function<void(const Finding&)>& tell) {
  Examination(patient, tell).run();
}

}  // namespace optout::doctor
