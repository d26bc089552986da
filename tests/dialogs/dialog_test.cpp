// Dialogs are read as README.md says, and mistakes in them are found rather than played.

#include "dialogs/dialog.h"

#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace optout::test {
namespace {

struct WrittenDialog {
  TempDir directory;

  Dialog read(std::string_view text, PlayerKind player = PlayerKind::milter) {
    const std::string path = directory / "01-test.dialog";
    std::ofstream(path) << text;
    return read_dialog(path, player);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dialogs, WrittenDialog)

BOOST_AUTO_TEST_CASE(steps_come_in_order_and_comments_do_not) {
  const Dialog dialog = read("# About\n\nOPTOUT  global  ann@example.com\n# more\nEND  accept\n");
  BOOST_TEST_REQUIRE(dialog.steps.size() == 2);
  BOOST_TEST((dialog.steps[0] == Step{3, "OPTOUT", "global  ann@example.com", ""}));
  BOOST_TEST((dialog.steps[1] == Step{5, "END", "accept", ""}));
}

BOOST_AUTO_TEST_CASE(indented_lines_belong_to_the_step_above) {
  const Dialog dialog = read("CONFIG\n  mode: monitor\n  redis:\n    timeout: 1s\nQUIT\n");
  BOOST_TEST(dialog.steps[0].block == "  mode: monitor\n  redis:\n    timeout: 1s\n");
  BOOST_TEST(dialog.steps.size() == 2);
}

BOOST_AUTO_TEST_CASE(a_step_for_some_players_is_not_for_the_others) {
  const std::string_view text =
      "milter: MACRO i 4X\npostfix sendmail: QUIT\nHEADER milter postfix: all\n";
  const auto verbs = [&](PlayerKind player) {
    std::string all;
    for (const Step& step : read(text, player).steps)
      all += step.verb + " ";
    return all;
  };
  BOOST_TEST(verbs(PlayerKind::milter) == "MACRO HEADER ");
  BOOST_TEST(verbs(PlayerKind::postfix) == "QUIT HEADER ");
  BOOST_TEST(verbs(PlayerKind::sendmail) == "QUIT HEADER ");
}

BOOST_AUTO_TEST_CASE(indented_lines_go_the_way_of_their_step) {
  const std::string_view text = "sendmail: CONFIG\n  mode: monitor\nQUIT\n";
  BOOST_TEST(read(text, PlayerKind::sendmail).steps[0].block == "  mode: monitor\n");
  BOOST_TEST((read(text, PlayerKind::milter).steps[0] == Step{3, "QUIT", "", ""}));
}

BOOST_AUTO_TEST_CASE(a_dialog_for_some_players_is_skipped_by_the_others_with_the_reason) {
  const std::string_view text = "ONLY milter postfix because of this\nQUIT\n";
  BOOST_TEST(!read(text, PlayerKind::milter).skipped);
  BOOST_TEST(!read(text, PlayerKind::postfix).skipped);
  BOOST_TEST(read(text, PlayerKind::sendmail).skipped);
  BOOST_TEST(read(text, PlayerKind::sendmail).reason == "of this");
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_their_line) {
  BOOST_CHECK_EXCEPTION(read("QUIT\nQIUT\n"), DialogError, [](const DialogError& error) {
    return std::string_view(error.what()).find("01-test.dialog:2: QIUT") != std::string_view::npos;
  });
  BOOST_CHECK_THROW(read("ONLY milter\nQUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("ONLY milter because\nQUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("ONLY because of this\nQUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("ONLY milter exim because of this\nQUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("exim: QUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("milter QUIT\n"), DialogError);
  BOOST_CHECK_THROW(read("# nothing\n"), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(a_metric_is_one_word_labels_and_all) {
  const Dialog dialog = read("METRIC  a_total{stream=\"x\",action=\"would-reject\"}  3\n");
  std::string_view rest = dialog.steps[0].rest;
  BOOST_TEST(take_word(rest) == "a_total{stream=\"x\",action=\"would-reject\"}");
  BOOST_TEST(rest == "3");
}

BOOST_AUTO_TEST_CASE(a_path_in_brackets_is_one_word) {
  const AddressStep step =
      parse_address_step("<\"two words>\"@example.com> NOTIFY=NEVER SMTPUTF8  550 5.7.1 no");
  BOOST_TEST(step.address == "<\"two words>\"@example.com>");
  BOOST_TEST((step.parameters == std::vector<std::string>{"NOTIFY=NEVER", "SMTPUTF8"}));
  BOOST_TEST(step.expected == "550 5.7.1 no");
}

BOOST_AUTO_TEST_CASE(an_expected_reply_is_a_beginning_with_stars_for_anything) {
  BOOST_TEST(matches("250", "250 2.1.5 Ok"));
  BOOST_TEST(!matches("250", "550 5.7.1 no"));
  BOOST_TEST(!matches("5.7.1", "550 5.7.1 no"));
  BOOST_TEST(matches("550 5.7.1 * [optout]", "550 5.7.1 recipient has opted out [optout]"));
  BOOST_TEST(!matches("550 5.7.1 * [bounce]", "550 5.7.1 recipient has opted out [optout]"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout::test
