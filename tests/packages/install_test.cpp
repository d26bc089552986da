// cmake --install, component by component, into a directory of the test's own.

#include "support/process.h"
#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace optout {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// What an installation puts below a directory, wherever its prefix is.
class Installed {
public:
  explicit Installed(const std::string& component) { install(component); }

  void install(const std::string& component) {
    const fs::path build = fs::path(std::getenv("OPTOUT_BIN")).parent_path();
    const auto done = test::run({"cmake", "--install", build, "--component", component}, {},
                                {"DESTDIR=" + root_.path().string()});
    BOOST_REQUIRE_MESSAGE(done.exit_status == 0, done.out << done.err);
    files_.clear();
    for (const auto& entry : fs::recursive_directory_iterator(root_.path()))
      files_.insert(entry.path());
  }

  // The one file whose path ends so, as people look for it: "sbin/optout-milter".
  fs::path operator[](std::string_view end) const {
    fs::path found;
    for (const fs::path& file : files_) {
      if (!file.native().ends_with(end)) continue;
      BOOST_TEST(found.empty(), found << " and " << file);
      found = file;
    }
    return found;
  }

  bool has(std::string_view end) const { return !(*this)[end].empty(); }

  // Where a path of the running system is here.
  fs::path at(const fs::path& path) const { return root_.path() / path.relative_path(); }

private:
  test::TempDir root_;
  std::set<fs::path> files_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(install)

BOOST_AUTO_TEST_CASE(the_daemon_comes_with_its_configuration_manual_and_unit) {
  const Installed here("daemon");
  for (const char* file :
       {"/sbin/optout-milter", "/etc/optout-milter/optout-milter.yaml", "/etc/optout-milter/conf.d",
        "/man8/optout-milter.8", "/man5/optout-milter.yaml.5",
        "/systemd/system/optout-milter.service", "/systemd/system/optout-milter.socket",
        "/sysusers.d/optout-milter.conf", "/tmpfiles.d/optout-milter.conf"})
    BOOST_TEST(here.has(file), file << " is missing");
  BOOST_TEST(!here.has("/bin/optoutctl"));
}

BOOST_AUTO_TEST_CASE(the_installed_daemon_likes_the_installed_configuration) {
  const Installed here("daemon");
  const auto checked =
      test::run({here["/sbin/optout-milter"], "-t", "-c", here["/optout-milter.yaml"]});
  BOOST_TEST(checked.exit_status == 0, checked.out << checked.err);
}

BOOST_AUTO_TEST_CASE(the_unit_starts_the_program_where_it_was_installed) {
  const Installed here("daemon");
  std::istringstream unit(text_of(here["/optout-milter.service"]));
  std::string program;
  for (std::string line; std::getline(unit, line);) {
    if (line.starts_with("ExecStart=")) program = line.substr(10, line.find(' ') - 10);
  }
  BOOST_TEST(here.at(program) == here["/sbin/optout-milter"]);
}

BOOST_AUTO_TEST_CASE(the_command_comes_with_its_manual_and_runs) {
  const Installed here("ctl");
  BOOST_TEST(here.has("/man1/optoutctl.1"));
  BOOST_TEST(here.has("/bash-completion/completions/optoutctl"));
  BOOST_TEST(!here.has("/sbin/optout-milter"));
  const auto version = test::run({here["/bin/optoutctl"], "--version"});
  BOOST_TEST(version.exit_status == 0);
  BOOST_TEST(version.out.starts_with("optoutctl "), version.out);
}

BOOST_AUTO_TEST_CASE(what_people_read_is_a_component_of_its_own) {
  const Installed here("doc");
  for (const char* file :
       {"/optout-milter/README.md", "/LICENSE", "/CHANGELOG.md", "/recipes/socket.md"})
    BOOST_TEST(here.has(file), file << " is missing");
  BOOST_TEST(!here.has("/optout-milter.yaml"));
}

BOOST_AUTO_TEST_CASE(links_in_what_people_read_lead_to_what_is_installed) {
  const Installed here("doc");
  std::size_t found = 0;
  for (const char* page : {"/README.md", "/HOWTO.md", "/UPGRADING.md", "/CHANGELOG.md",
                           "/recipes/README.md", "/recipes/pickup.md"}) {
    const fs::path file = here[std::string("/doc/optout-milter") + page];
    const std::string text = text_of(file);
    for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      const std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
      if (target.starts_with("http")) continue;
      ++found;
      const fs::path path = file.parent_path() / target.substr(0, target.find('#'));
      BOOST_TEST(fs::exists(path), page << " leads to " << target);
      // Debian has them under other names.
      BOOST_TEST((target != "LICENSE" && target != "CHANGELOG.md"), page);
    }
  }
  BOOST_TEST(found > 10u);  // else this test looks for the wrong thing
}

BOOST_AUTO_TEST_CASE(installing_again_keeps_the_configuration_that_is_there) {
  Installed here("daemon");
  const fs::path configuration = here["/etc/optout-milter/optout-milter.yaml"];
  const std::string shipped = text_of(configuration);
  std::ofstream(configuration) << "mode: enforce\n";
  here.install("daemon");
  BOOST_TEST(text_of(configuration) == "mode: enforce\n");
  BOOST_TEST(text_of(configuration.native() + ".new") == shipped);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
