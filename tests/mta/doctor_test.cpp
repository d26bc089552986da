// optoutctl doctor against a real Postfix and Sendmail: it finds nothing wrong where a recipe was
// followed, finds what is spoiled afterwards, and what it says to type puts it right.

#include "mta/needs.h"
#include "mta/placement.h"
#include "mta/relay.h"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace optout::test {
namespace {

struct NeedsRelay {
  NeedsRelay() { skip_all_if(Relay::unavailable()); }
};
BOOST_TEST_GLOBAL_FIXTURE(NeedsRelay);

// What doctor printed with -o tab.
struct Diagnosis {
  struct Row {
    std::string check, state, found, fix;
  };
  int exit_status = -1;
  std::vector<Row> rows;

  // The worst state of all findings whose check holds this text; "" where there is none.
  std::string state_of(const std::string& check) const {
    std::string worst;
    for (const Row& row : rows) {
      if (row.check.find(check) == std::string::npos) continue;
      if (worst.empty() || row.state == "error" || worst == "ok") worst = row.state;
    }
    return worst;
  }
  // But for the page behind links, which nobody serves here.
  std::string errors() const {
    std::string all;
    for (const Row& row : rows) {
      if (row.state == "error" && row.check != "unsubscribe.link")
        all += row.check + ": " + row.found + "\n";
    }
    return all;
  }
  // Types what it says in answer to errors and warnings of this check, as far as it is for Postfix.
  void follow(const std::string& check) const {
    for (const Row& row : rows) {
      if (row.check.find(check) == std::string::npos || row.state == "ok") continue;
      std::string fix = row.fix;
      for (std::size_t at = fix.find("\\n"); at != std::string::npos; at = fix.find("\\n"))
        fix.replace(at, 2, "\n");
      std::istringstream lines(fix);
      for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("postconf ")) continue;
        const Finished done = run({"sh", "-c", line});
        BOOST_TEST(done.exit_status == 0, line << ": " << done.err);
      }
    }
  }
};

Diagnosis diagnosis(const OptoutMilter& milter, const std::vector<std::string>& flags) {
  std::vector<std::string> words{"-o", "tab", "doctor"};
  words.insert(words.end(), flags.begin(), flags.end());
  const Finished done = milter.ctl(words);
  Diagnosis diagnosis{.exit_status = done.exit_status, .rows = {}};
  std::istringstream lines(done.out);
  std::string line;
  std::getline(lines, line);
  BOOST_TEST(line == "check\tstate\tfound\twhy\tfix", done.out << done.err);
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    Diagnosis::Row row;
    std::string why;
    std::getline(cells, row.check, '\t');
    std::getline(cells, row.state, '\t');
    std::getline(cells, row.found, '\t');
    std::getline(cells, why, '\t');
    std::getline(cells, row.fix, '\t');
    BOOST_TEST((row.state == "ok" || !why.empty()), line);
    diagnosis.rows.push_back(std::move(row));
  }
  return diagnosis;
}

// Nothing outside of this host is asked for links.
const Replacements kLinkHere{{"https://optout.example.com/u/", "https://localhost:1/u/"}};

std::string directory_of(const Postfix& postfix) {
  return std::filesystem::path(postfix.queue_directory()).parent_path() / "etc";
}

Diagnosis diagnosis(const PostfixPlacement& placement) {
  std::ofstream(placement.etc / "opendkim.conf") << placement.lines.lines_for("opendkim.conf");
  return diagnosis(placement.milter, {"--postfix-config", directory_of(placement.postfix),
                                      "--opendkim-conf", placement.etc / "opendkim.conf"});
}

void set(const PostfixPlacement& placement, const std::string& how, std::string setting) {
  constexpr std::string_view kListener = "LISTENER";
  if (setting.starts_with(kListener)) {
    setting.replace(0, kListener.size(), fmt::format("127.0.0.1:{}", placement.postfix.port()));
  }
  const Finished done = run({"postconf", "-c", directory_of(placement.postfix), how, setting});
  BOOST_REQUIRE_MESSAGE(done.exit_status == 0, done.err);
}

// Puts a Postfix' configuration back as it was.
class Restored {
public:
  explicit Restored(const PostfixPlacement& placement)
      : directory_(directory_of(placement.postfix)) {
    for (const char* file : kFiles)
      std::filesystem::copy_file(directory_ + file, directory_ + file + ".good");
  }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;
  ~Restored() {
    std::error_code ignored;
    for (const char* file : kFiles)
      std::filesystem::rename(directory_ + file + ".good", directory_ + file, ignored);
  }

private:
  static constexpr const char* kFiles[] = {"/main.cf", "/master.cf"};
  std::string directory_;
};

// One Postfix for all that is only configured, and never asked.
std::unique_ptr<PostfixPlacement> the_placement;
struct OnePlacement {
  void setup() { the_placement = std::make_unique<PostfixPlacement>("socket"); }
  void teardown() { the_placement.reset(); }
};

std::string sendmail_cf(const Sendmail& sendmail) {
  return std::filesystem::path(sendmail.log().path()).parent_path() / "sendmail.cf";
}

Diagnosis diagnosis(const SendmailPlacement& placement) {
  std::ofstream(placement.directory / "opendkim.conf")
      << placement.lines.lines_for("opendkim.conf");
  return diagnosis(placement.milter, {"--sendmail-cf", sendmail_cf(placement.sendmail),
                                      "--opendkim-conf", placement.directory / "opendkim.conf"});
}

// What spoils a Postfix, and which check finds it.
struct Spoiled {
  const char* how;  // the flag of postconf
  const char* setting;
  const char* check;
  const char* state;
  bool fix_is_typed = true;  // whether postconf alone can put it right
};

std::ostream& operator<<(std::ostream& out, const Spoiled& spoiled) {
  return out << spoiled.setting;
}

const std::vector<Spoiled> kSpoiled{
    {"-e", "milter_default_action = accept", "milter_default_action", "error"},
    {"-e", "milter_default_action = reject", "milter_default_action", "error"},
    {"-P", "LISTENER/inet/milter_default_action=accept", "milter_default_action", "error"},
    {"-e", "smtpd_milters =", "smtpd_milters", "warning"},
    {"-e", "smtpd_milters = unix:elsewhere/milter.sock", "smtpd_milters", "warning"},
    {"-e", "milter_protocol = 2", "milter_protocol", "error"},
    {"-e", "milter_command_timeout = 1s", "milter_command_timeout", "warning"},
    {"-e", "milter_connect_timeout = 1h", "milter_connect_timeout", "warning"},
    {"-e", "non_smtpd_milters =", "non_smtpd_milters", "warning"},
    {"-e", "allow_percent_hack = yes", "other spellings", "warning"},
    {"-e", "smtpd_forbid_bare_newline = no", "smtpd_forbid_bare_newline", "warning"},
    {"-e", "smtpd_hard_error_limit = 20", "smtpd_hard_error_limit", "warning"},
    {"-e", "smtpd_proxy_filter = 127.0.0.1:10024", "smtpd_proxy_filter", "error", false},
    {"-e", "always_bcc = archive@example.com", "copies", "warning", false},
    {"-e", "virtual_alias_maps = inline:{a@b.example=c@d.example}", "aliases", "warning", false},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_DATA_TEST_CASE(nothing_is_wrong_where_a_recipe_was_followed,
                     boost::unit_test::data::make({"socket", "tcp", "submission-and-relay",
                                                   "pickup", "listeners", "content-filter",
                                                   "proxy-filter", "opendkim", "unsubscribe"}),
                     recipe) {
  const PostfixPlacement placement(recipe, kLinkHere);
  const Diagnosis found = diagnosis(placement);
  BOOST_TEST(found.errors() == "");
  BOOST_TEST(found.exit_status == (found.state_of("unsubscribe.link") == "error" ? 1 : 0));
  BOOST_TEST(found.state_of("daemon") == "ok");
  BOOST_TEST(found.state_of("socket") == "ok");
  BOOST_TEST(found.state_of("milter_default_action") == "ok");
}

BOOST_AUTO_TEST_SUITE(spoiled, *boost::unit_test::fixture<OnePlacement>())

BOOST_DATA_TEST_CASE(what_is_spoiled_is_found_and_what_it_says_to_type_puts_it_right,
                     boost::unit_test::data::make(kSpoiled), spoiled) {
  const Restored afterwards(*the_placement);
  set(*the_placement, "-e", "non_smtpd_milters = unix:optout-milter/milter.sock");
  set(*the_placement, spoiled.how, spoiled.setting);
  const Diagnosis found = diagnosis(*the_placement);
  BOOST_TEST(found.state_of(spoiled.check) == spoiled.state);
  BOOST_TEST(found.exit_status == (spoiled.state == std::string("error") ? 1 : 0));
  if (spoiled.fix_is_typed) {
    found.follow(spoiled.check);
    BOOST_TEST(diagnosis(*the_placement).state_of(spoiled.check) == "ok");
  }
}

BOOST_AUTO_TEST_CASE(a_path_that_the_chroot_hides_is_found_and_put_right) {
  const Restored afterwards(*the_placement);
  set(*the_placement, "-e", "smtpd_milters = " + the_placement->milter.address().to_string());
  const Diagnosis found = diagnosis(*the_placement);
  BOOST_TEST(found.state_of("smtpd_milters") == "error");
  found.follow("smtpd_milters");
  BOOST_TEST(diagnosis(*the_placement).state_of("smtpd_milters") == "ok");
}

BOOST_AUTO_TEST_CASE(a_socket_that_postfix_may_not_open_is_found) {
  const std::string& socket = the_placement->milter.address().path;
  BOOST_TEST_REQUIRE(::chmod(socket.c_str(), 0600) == 0);
  BOOST_TEST(diagnosis(*the_placement).state_of("socket") == "error");
  BOOST_TEST_REQUIRE(::chmod(socket.c_str(), 0660) == 0);
  const std::string directory = std::filesystem::path(socket).parent_path();
  BOOST_TEST_REQUIRE(::chmod(directory.c_str(), 0700) == 0);
  BOOST_TEST(diagnosis(*the_placement).state_of("socket") == "error");
  BOOST_TEST_REQUIRE(::chmod(directory.c_str(), 02750) == 0);
  BOOST_TEST(diagnosis(*the_placement).state_of("socket") == "ok");
}

BOOST_AUTO_TEST_CASE(a_file_that_the_daemon_has_not_read_since_it_changed_is_found) {
  const std::string& file = the_placement->milter.config_file();
  BOOST_TEST(diagnosis(*the_placement).state_of("configuration in force") == "ok");
  const auto written = std::filesystem::last_write_time(file);
  std::filesystem::last_write_time(file, written + std::chrono::hours(1));
  BOOST_TEST(diagnosis(*the_placement).state_of("configuration in force") == "warning");
  std::filesystem::last_write_time(file, written);
}

BOOST_AUTO_TEST_CASE(a_configuration_that_postfix_cannot_read_cannot_be_told) {
  const Diagnosis found = diagnosis(the_placement->milter, {"--postfix-config", "/nonexistent"});
  BOOST_TEST(found.state_of("Postfix") == "warning");
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_away_is_found) {
  the_placement->milter.kill();
  const Diagnosis found = diagnosis(*the_placement);
  BOOST_TEST(found.state_of("daemon") == "error", found.errors());
  BOOST_TEST(found.exit_status == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_signer_before_us_is_found_where_we_add_fields_and_put_right) {
  const PostfixPlacement placement("unsubscribe", kLinkHere);
  const std::string signer = "inet:127.0.0.1:8891";
  set(placement, "-e", "smtpd_milters = " + signer + ", unix:optout-milter/milter.sock");
  const Diagnosis found = diagnosis(placement);
  BOOST_TEST(found.state_of("order of milters") == "error");
  found.follow("order of milters");
  BOOST_TEST(diagnosis(placement).state_of("order of milters") == "ok");
}

BOOST_AUTO_TEST_CASE(an_unsubscribe_domain_that_postfix_refuses_is_found) {
  const PostfixPlacement placement("unsubscribe", kLinkHere);
  set(placement, "-e", "virtual_alias_domains = other.example.com");
  BOOST_TEST(diagnosis(placement).state_of("unsubscribe.domain") == "error");
  set(placement, "-e", "virtual_alias_domains = optout.example.com");
  BOOST_TEST(diagnosis(placement).state_of("unsubscribe.domain") == "ok");
  set(placement, "-e", "virtual_alias_maps =");
  BOOST_TEST(diagnosis(placement).state_of("unsubscribe.domain") == "error");
}

BOOST_AUTO_TEST_CASE(what_opendkim_does_not_sign_is_found) {
  const PostfixPlacement placement("unsubscribe", kLinkHere);
  const std::string etc = directory_of(placement.postfix);
  const auto look = [&](const std::string& lines) {
    std::ofstream(placement.etc / "opendkim.conf") << lines;
    return diagnosis(placement.milter,
                     {"--postfix-config", etc, "--opendkim-conf", placement.etc / "opendkim.conf"})
        .state_of("OpenDKIM");
  };
  BOOST_TEST(look(placement.lines.lines_for("opendkim.conf")) == "ok");
  BOOST_TEST(look("Mode sv\n") == "error");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(doctor_of_sendmail, *needs<Sendmail>())

BOOST_AUTO_TEST_CASE(nothing_is_wrong_where_a_recipe_was_followed) {
  for (const char* recipe : {"sendmail", "unsubscribe-sendmail"}) {
    const SendmailPlacement placement(recipe, kLinkHere);
    const Diagnosis found = diagnosis(placement);
    BOOST_TEST(found.errors() == "", recipe << ": " << found.errors());
    BOOST_TEST(found.state_of("F= of filter") == "ok");
    BOOST_TEST(found.state_of("InputMailFilters") != "");
  }
}

BOOST_AUTO_TEST_CASE(a_filter_without_f_t_is_found) {
  const SendmailPlacement placement("sendmail", {{"F=T, ", ""}});
  const Diagnosis found = diagnosis(placement);
  BOOST_TEST(found.state_of("F= of filter") == "error");
  BOOST_TEST(found.exit_status == 1);
}

BOOST_AUTO_TEST_CASE(a_filter_that_nobody_asks_is_found) {
  const SendmailPlacement placement("sendmail", {{", InputMailFilters=optout", ""}});
  BOOST_TEST(diagnosis(placement).state_of("InputMailFilters") == "error");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
