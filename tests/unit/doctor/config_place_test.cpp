// In which file a fix is to be written: the last one that is read wins.

#include "doctor/config_place.h"

#include "findings.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace optout;
using namespace optout::doctor;
using namespace optout::test;

namespace {

const std::string kFile = "/etc/optout-milter/optout-milter.yaml";

std::string line(const std::string& setting, std::vector<Effective> effective,
                 bool has_conf_d = true) {
  Loaded loaded;
  loaded.effective = std::move(effective);
  const Finding finding = doubtful("x", "x", "x", {"systemctl stop x", in_config(setting)});
  const Finding found = placed(finding, loaded, kFile, has_conf_d);
  BOOST_TEST(found.fix.front() == "systemctl stop x");
  return found.fix.back();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_place)

BOOST_AUTO_TEST_CASE(a_file_of_your_own_outranks_what_the_package_has_made) {
  BOOST_TEST(line("redis: { url: \"redis://10.0.0.5:6379/0\" }",
                  {{"redis.url", "x", "/etc/optout-milter/conf.d/00-debian.yaml:9"},
                   {"redis.timeout", "250ms", "default"}}) ==
             "in /etc/optout-milter/conf.d/10-local.yaml:  redis: { url: "
             "\"redis://10.0.0.5:6379/0\" }");
  BOOST_TEST(line("mode: enforce", {{"mode", "monitor", kFile + ":15"}}) ==
             "in /etc/optout-milter/conf.d/10-local.yaml:  mode: enforce");
}

BOOST_AUTO_TEST_CASE(a_later_file_that_sets_it_is_named) {
  BOOST_TEST(line("redis: { timeout: 1s }",
                  {{"redis.timeout", "1ms", "/etc/optout-milter/conf.d/50-site.yaml:3"},
                   {"redistribute", "x", "/etc/optout-milter/conf.d/90-other.yaml:1"}}) ==
             "in /etc/optout-milter/conf.d/50-site.yaml:  redis: { timeout: 1s }");
}

BOOST_AUTO_TEST_CASE(without_conf_d_it_is_the_file_itself) {
  BOOST_TEST(line("mode: enforce", {{"mode", "monitor", kFile + ":15"}}, false) ==
             "in " + kFile + ":  mode: enforce");
}

BOOST_AUTO_TEST_SUITE_END()
