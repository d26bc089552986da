// optoutctl keys new, list and retire

#include "admin.h"

#include <boost/test/unit_test.hpp>
#include <grp.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace optout::test;

namespace {

const std::string kHex = "9a41c3e07b5d28f6104e8dc2975fb3a16c0e4d92f8b71a3560dfe2847bc95931";
const std::string kOtherHex = "07c3b95e21f8a46d3e90c7158bd2640fae713c85d90b4f26e8a157330cd6f29b";

// No verb here asks Redis; this one cannot be reached.
struct KeyKeeper {
  KeyKeeper() {
    admin.configure("redis://127.0.0.1:1",
                    "unsubscribe:\n  domain: optout.example.com\n  keys: " + file + "\n");
  }
  void write(const std::string& text, mode_t mode = 0640) const {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), mode);
  }
  std::string text() const {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  mode_t mode() const {
    struct stat status {};
    return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }
  std::string states() const {
    std::string all;
    for (const auto& row : admin.json({"keys", "list"})) {
      all += row.at("number").get<std::string>() + " " + row.at("state").get<std::string>() + ";";
    }
    return all;
  }

  Admin admin = Admin::at("redis://127.0.0.1:1");
  std::string file = admin.file("token.keys");
};

std::string days_ago(int days) {
  const std::chrono::year_month_day day(
      std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) -
      std::chrono::days(days));
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys)

BOOST_AUTO_TEST_CASE(the_first_key_makes_the_file_although_the_configuration_lacks_it) {
  const KeyKeeper keeper;
  const auto rows = keeper.admin.json({"keys", "new"});
  BOOST_REQUIRE(rows.size() == 1u);
  BOOST_TEST(rows[0].at("number") == "1");
  BOOST_TEST(rows[0].at("state") == "mints");
  BOOST_TEST(rows[0].at("made") == days_ago(0));
  BOOST_TEST(rows[0].at("file") == keeper.file);
  BOOST_TEST(keeper.mode() == 0640u);
  BOOST_TEST(keeper.states() == "1 mints;");
}

BOOST_AUTO_TEST_CASE(a_file_that_no_configuration_names_can_be_given) {
  const Admin admin = Admin::at("redis://127.0.0.1:1");
  BOOST_TEST(admin({"keys", "new"}).exit_status == 78);
  const std::string file = admin.file("other.keys");
  BOOST_TEST(admin({"keys", "new", file}).exit_status == 0);
  BOOST_TEST(admin.json({"keys", "list", file}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_next_key_mints_and_nothing_else_in_the_file_changes) {
  const KeyKeeper keeper;
  const std::string before = "# ours\n7:" + kHex + " made=2026-03-02\n\n# the end";
  keeper.write(before, 0600);
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(keeper.text().starts_with(before + "\n8:"), keeper.text());
  BOOST_TEST(keeper.mode() == 0600u);
  BOOST_TEST(keeper.states() == "7 verifies;8 mints;");
}

BOOST_AUTO_TEST_CASE(every_key_is_another) {
  const KeyKeeper keeper;
  for (int i = 0; i < 3; ++i)
    keeper.admin({"keys", "new"});
  const auto rows = keeper.admin.json({"keys", "list"});
  BOOST_REQUIRE(rows.size() == 3u);
  for (int i = 0; i < 3; ++i) {
    const auto print = rows[static_cast<std::size_t>(i)].at("fingerprint").get<std::string>();
    BOOST_TEST(print.starts_with(std::to_string(i + 1) + ":"));
    for (int j = 0; j < i; ++j)
      BOOST_TEST(!has(rows[static_cast<std::size_t>(j)].at("fingerprint"), print.substr(2)));
  }
}

BOOST_AUTO_TEST_CASE(whoever_makes_a_key_is_told_who_else_needs_it) {
  const KeyKeeper keeper;
  const Finished made = keeper.admin({"keys", "new"});
  BOOST_TEST(has(made.err, "every relay"), made.err);
  BOOST_TEST(has(made.err, "send each daemon HUP"), made.err);
}

BOOST_AUTO_TEST_CASE(whoever_makes_a_file_is_told_which_group_can_read_it) {
  const KeyKeeper keeper;
  const Finished made = keeper.admin({"keys", "new"});
  struct stat status {};
  BOOST_REQUIRE(::stat(keeper.file.c_str(), &status) == 0);
  const group* const known = ::getgrgid(status.st_gid);
  const std::string name =
      known != nullptr ? std::string(known->gr_name) : std::to_string(status.st_gid);
  BOOST_TEST(has(made.err, "group " + name + " can read the file"), made.err);
  BOOST_TEST(has(made.err, "chgrp") == (status.st_gid == 0), made.err);
  ::chmod(keeper.file.c_str(), 0600);
  BOOST_TEST(!has(keeper.admin({"keys", "new"}).err, "group"));
}

// Without the name they would change the file of the configuration.
BOOST_AUTO_TEST_CASE(a_command_that_is_suggested_names_the_file_that_was_given) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n2:" + kOtherHex + "\n3:" + kHex + "\n");
  const std::string other = keeper.admin.file("other one.keys");
  const std::string quoted = " '" + other + "'";
  const auto hint = [&](const Words& words) { return keeper.admin(words).err; };
  BOOST_TEST(has(hint({"keys", "list", other}), "keys new" + quoted));
  std::ofstream(other) << "1:" + kHex + "\n2:" + kOtherHex + " made=" + days_ago(0) + "\n";
  BOOST_TEST(has(hint({"keys", "retire", "1", other}), "keys retire 1" + quoted + " --now"));
  BOOST_TEST(has(hint({"keys", "retire", "2", other}), "keys new" + quoted));
  BOOST_TEST(has(hint({"keys", "retire", "3", other}), "keys list" + quoted));
  std::ofstream(other) << "1:" + kHex + "\n2:" + kOtherHex + "\n";
  BOOST_TEST(has(hint({"keys", "retire", "1", other}), "keys retire 1" + quoted + " --now"));
  BOOST_TEST(has(hint({"keys", "retire", "1"}), "keys retire 1 --now"));
}

BOOST_AUTO_TEST_CASE(where_no_file_is_configured_the_verb_that_was_typed_is_suggested) {
  const Admin admin = Admin::at("redis://127.0.0.1:1");
  BOOST_TEST(has(admin({"keys", "list"}).err, " keys list /"));
  BOOST_TEST(has(admin({"keys", "new"}).err, " keys new /"));
  BOOST_TEST(has(admin({"keys", "retire", "2"}).err, " keys retire 2 /"));
}

BOOST_AUTO_TEST_CASE(what_is_no_number_of_a_key_is_told_as_such) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n");
  for (const std::string typed : {"x", "0", "64", "1x", "99999999999", "token.keys"}) {
    const Finished done = keeper.admin({"keys", "retire", typed, "1"});
    BOOST_TEST(done.exit_status == 64, typed);
    BOOST_TEST(has(done.err, typed + " is no number of a key (write 1 to 63)"), done.err);
  }
}

BOOST_AUTO_TEST_CASE(secrets_are_never_shown) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n2:" + kHex.substr(0, 62) + "\n3:" + kOtherHex + " word\n");
  for (const Words& words : {Words{"keys", "list"}, {"keys", "new"}, {"keys", "retire", "3"}}) {
    const Finished done = keeper.admin(words);
    for (const std::string& secret : {kHex, kHex.substr(0, 62), kOtherHex})
      BOOST_TEST(!has(done.out + done.err, secret.substr(0, 32)), done.out << done.err);
  }
}

BOOST_AUTO_TEST_CASE(a_file_that_the_milter_would_refuse_is_complained_of) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n", 0644);
  const Finished listed = keeper.admin({"keys", "list"});
  BOOST_TEST(listed.exit_status == 78);
  BOOST_TEST(has(listed.err, "may be read or changed by everybody"), listed.err);
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(keeper.mode() == 0640u);
}

BOOST_AUTO_TEST_CASE(a_file_whose_lines_the_milter_cannot_read_is_not_changed) {
  const KeyKeeper keeper;
  for (const std::string& before : {"x1:" + kHex + "\n", "1:" + kHex + "\nno key\n",
                                    "1:" + kHex + "\n2:0123\n", "1:" + kHex + "\n\uFEFFno key\n"}) {
    keeper.write(before);
    const Finished done = keeper.admin({"keys", "new"});
    BOOST_TEST(done.exit_status == 78, before);
    BOOST_TEST(has(done.err, "token.keys:"), done.err);
    BOOST_TEST(keeper.text() == before);
  }
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_in_front_of_the_first_key_hides_it_from_nobody) {
  const KeyKeeper keeper;
  keeper.write("\uFEFF1:" + kHex + " made=2020-03-02\r\n");
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(keeper.states() == "1 verifies;2 mints;");
  BOOST_TEST(keeper.admin({"keys", "retire", "1", "--now"}).exit_status == 0);
  BOOST_TEST(keeper.states() == "1 retired;2 mints;");
}

BOOST_AUTO_TEST_CASE(a_key_can_be_made_where_no_other_can_be_used) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + " retired=2021-01-15\n");
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(keeper.states() == "1 retired;2 mints;");
}

BOOST_AUTO_TEST_CASE(no_number_above_63_is_given) {
  const KeyKeeper keeper;
  const std::string before = "63:" + kHex + "\n";
  keeper.write(before);
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 78);
  BOOST_TEST(keeper.text() == before);
}

BOOST_AUTO_TEST_CASE(two_changes_at_once_do_not_meet) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n");
  std::ofstream(keeper.file + ".new") << "another is at it";
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 75);
  BOOST_TEST(keeper.text() == "1:" + kHex + "\n");
  std::filesystem::remove(keeper.file + ".new");
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(!std::filesystem::exists(keeper.file + ".new"));
}

BOOST_AUTO_TEST_CASE(of_a_symbolic_link_the_file_is_changed) {
  const KeyKeeper keeper;
  const std::string real = keeper.admin.file("real.keys");
  std::filesystem::create_symlink(real, keeper.file);
  std::ofstream(real) << "1:" + kHex + "\n";
  ::chmod(real.c_str(), 0640);
  BOOST_TEST(keeper.admin({"keys", "new"}).exit_status == 0);
  BOOST_TEST(std::filesystem::is_symlink(keeper.file));
  BOOST_TEST(keeper.states() == "1 verifies;2 mints;");
}

BOOST_AUTO_TEST_CASE(OC_22_a_key_is_not_retired_while_its_mail_is_younger_than_60_days) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + " made=2020-03-02\n2:" + kOtherHex + " made=" + days_ago(59) + "\n");
  const Finished refused = keeper.admin({"keys", "retire", "1"});
  BOOST_TEST(refused.exit_status == 64);
  BOOST_TEST(has(refused.err, "--now"), refused.err);
  BOOST_TEST(keeper.states() == "1 verifies;2 mints;");
  BOOST_TEST(keeper.admin({"keys", "retire", "1", "--now"}).exit_status == 0);
  BOOST_TEST(keeper.states() == "1 retired;2 mints;");
}

BOOST_AUTO_TEST_CASE(OC_22_a_key_is_retired_once_its_last_mail_is_60_days_old) {
  const KeyKeeper keeper;
  keeper.write("# ours\n1:" + kHex + " made=2020-03-02\n2:" + kOtherHex + " made=" + days_ago(60) +
               "\n");
  BOOST_TEST(keeper.admin({"keys", "retire", "1"}).exit_status == 0);
  BOOST_TEST(keeper.text() == "# ours\n1:" + kHex + " made=2020-03-02 retired=" + days_ago(0) +
                                  "\n2:" + kOtherHex + " made=" + days_ago(60) + "\n");
  BOOST_TEST(keeper.admin({"keys", "retire", "1"}).exit_status == 0);  // again: nothing to do
}

BOOST_AUTO_TEST_CASE(a_key_is_retired_in_a_file_with_bad_lines_which_are_told) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\nno key\n2:" + kOtherHex + " word\n");
  const Finished done = keeper.admin({"keys", "retire", "1", "--now"});
  BOOST_TEST(has(keeper.text(), "1:" + kHex + " retired=" + days_ago(0) + "\nno key\n"));
  BOOST_TEST(done.exit_status == 78);
  BOOST_TEST(has(done.err, "token.keys:2:1: not a key"), done.err);
  BOOST_TEST(has(done.err, "token.keys:3:1: key 2 has a word"), done.err);
  BOOST_TEST(has(done.err, "key 1 is retired, but the file cannot be used as it is"), done.err);
  // Where nothing but that key was wrong, all is well: nobody can guess what counts no more.
  keeper.write("1:" + std::string(64, 'a') + "\n2:" + kOtherHex + "\n");
  BOOST_TEST(keeper.admin({"keys", "retire", "1", "--now"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(without_the_day_of_its_successor_a_key_is_not_retired_by_the_way) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n2:" + kOtherHex + "\n");
  BOOST_TEST(keeper.admin({"keys", "retire", "1"}).exit_status == 64);
  BOOST_TEST(keeper.admin({"keys", "retire", "1", "--now"}).exit_status == 0);
}

BOOST_AUTO_TEST_CASE(the_key_that_mints_is_not_retired) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + " made=2020-03-02\n");
  BOOST_TEST(keeper.admin({"keys", "retire", "1", "--now"}).exit_status == 64);
  BOOST_TEST(keeper.states() == "1 mints;");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_there_is_not_retired) {
  const KeyKeeper keeper;
  keeper.write("1:" + kHex + "\n");
  for (const Words& words : {Words{"keys", "retire", "2"},
                             {"keys", "retire"},
                             {"keys", "retire", "one"},
                             {"keys", "retire", "-1"}})
    BOOST_TEST(keeper.admin(words).exit_status == 64);
}

BOOST_AUTO_TEST_CASE(a_slip_in_the_second_word_is_met_with_a_suggestion) {
  const KeyKeeper keeper;
  BOOST_TEST(has(keeper.admin({"keys", "lsit"}).err, "did you mean list?"));
  const Finished none = keeper.admin({"keys"});
  BOOST_TEST(none.exit_status == 64);
  BOOST_TEST(has(none.err, "optoutctl keys --help"), none.err);
}

BOOST_AUTO_TEST_SUITE_END()
