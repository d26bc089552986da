// optoutctl doctor: looks at everything that goes wrong in practice, and names the command that
// fixes it. Changes nothing.
//
// Its exit code answers for scripts: 0 nothing is wrong, 1 something is, 64 and more "doctor itself
// could not work".

#include "doctor/examination.h"
#include "log/log.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"

#include <CLI/App.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <langinfo.h>

#include <array>
#include <clocale>
#include <string>
#include <string_view>

namespace optout {
namespace {

using doctor::Finding;
using doctor::State;

constexpr int kSomethingIsWrong = 1;
constexpr std::size_t kLongestText = 1000;  // of a text, in octets

// Marks of the three states, for terminals that know UTF-8 and for those that do not.
struct Marks {
  std::string_view good;
  std::string_view doubtful;
  std::string_view bad;
};
constexpr Marks kMarks{"✓", "!", "✗"};
constexpr Marks kAsciiMarks{"ok", "! ", "X "};

// What the environment says the terminal knows. The program's own locale stays "C": nothing else
// may depend on where somebody lives.
const Marks& marks_of_terminal() {
  std::setlocale(LC_CTYPE, "");
  const bool utf8 = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  std::setlocale(LC_CTYPE, "C");
  return utf8 ? kMarks : kAsciiMarks;
}

std::string fix_text(const Finding& finding) {
  return fmt::format("{}", fmt::join(finding.fix, "\n"));
}

class Doctor final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = program.add_subcommand(
        "doctor", "Look at everything that goes wrong in practice, and say what fixes it");
    const auto flag = [verb](const std::string& name, std::string& value, const std::string& help) {
      return verb->add_option(name, value, help);
    };
    flag("--postfix-config", patient_.postfix_directory,
         "The directory of main.cf (default: Postfix' own)")
        ->type_name("DIR");
    flag("--sendmail-cf", patient_.sendmail_cf,
         "Sendmail's configuration (default: /etc/mail/sendmail.cf, where there is no Postfix)")
        ->type_name("FILE");
    flag("--opendkim-conf", patient_.opendkim_conf,
         "OpenDKIM's configuration (default: /etc/opendkim.conf)")
        ->type_name("FILE");
    verb->footer(
        "Nothing is changed. Run it as root: others may not look at everything.\n"
        "Exit: 0 nothing is wrong; 1 something is; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    patient_.config_file = context.config_file();
    patient_.redis_cli = redis_cli;
    patient_.optoutctl = [&](std::string_view verb) { return context.command(verb); };
    if (context.format() == Format::table && !context.quiet()) {
      print(context);
    } else {
      tabulate(context);
    }
    return counts_[index(State::bad)] == 0 ? EX_OK : kSomethingIsWrong;
  }

private:
  static std::size_t index(State state) { return static_cast<std::size_t>(state); }

  void print(const Context& context) {
    const Marks& marks = marks_of_terminal();
    doctor::examine(patient_, [&](const Finding& told) {
      const Finding finding = with_config_named(context, told);
      ++counts_[index(finding.state)];
      const std::string_view mark = finding.state == State::good       ? marks.good
                                    : finding.state == State::doubtful ? marks.doubtful
                                                                       : marks.bad;
      fmt::print("{} {}: {}\n", mark, shown(finding.check), shown(finding.found));
      if (!finding.why.empty()) fmt::print("    {}\n", shown(finding.why));
      for (const std::string& line : finding.fix)
        fmt::print("    > {}\n", shown(line));
      std::fflush(stdout);
    });
    context.say(fmt::format("{} wrong, {} to look at, {} fine", counts_[index(State::bad)],
                            counts_[index(State::doubtful)], counts_[index(State::good)]));
  }

  void tabulate(const Context& context) {
    Results results = context.results({{"check"}, {"state"}, {"found"}, {"why"}, {"fix"}});
    doctor::examine(patient_, [&](const Finding& told) {
      const Finding finding = with_config_named(context, told);
      ++counts_[index(finding.state)];
      const auto text_or_nothing = [](const std::string& text) {
        return text.empty() ? Cell() : Cell(text);
      };
      results.row({finding.check, std::string(to_string(finding.state)), finding.found,
                   text_or_nothing(finding.why), text_or_nothing(fix_text(finding))});
    });
  }

  static Finding with_config_named(const Context& context, Finding finding) {
    finding.found = context.with_config_named(finding.found);
    for (std::string& line : finding.fix)
      line = context.with_config_named(line);
    return finding;
  }

  static std::string shown(const std::string& text) { return log::escaped(text, kLongestText); }

  doctor::Patient patient_;
  std::array<std::size_t, 3> counts_{};
};

}  // namespace

std::unique_ptr<Verb> verb_doctor() {
  return std::make_unique<Doctor>();
}

}  // namespace optout
