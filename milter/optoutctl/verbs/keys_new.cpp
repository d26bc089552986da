// optoutctl keys new: adds a key that mints from now on; the ones before it go on verifying.
//
// Works before anything else does: without a file, and with a configuration that is unusable for
// lack of it.

#include "config/key_lines.h"
#include "config/token_key_file.h"
#include "log/log.h"
#include "optoutctl/file_replacement.h"
#include "optoutctl/token_key_files.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "util/day.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

constexpr std::string_view kHead =
    "# Keys that unsubscribe tokens are made with (optoutctl keys). Secret.\n"
    "# The highest number mints; the others verify what they minted, until they are retired.\n";

// The highest number in the file at `path`, 0 where there is none. Throws Trouble if the milter
// cannot read one of its lines: it may hold the highest number, or another key of the same one.
unsigned highest_number(const Context& context, const std::string& path) {
  Report report;
  const Place file{.file = report.add_file(path), .line = 0, .column = 0};
  unsigned highest = 0;
  for (const KeyLine& line : read_key_lines(path, file, {}, kHighestTokenKey, true, report))
    highest = std::max(highest, line.number);
  bool is_readable = true;
  for (const Complaint& complaint : report.sorted()) {
    if (complaint.line == 0) continue;  // as its mode, which commit() sets right, or no key at all
    is_readable = false;
    context.complain(complaint.to_string());
  }
  if (!is_readable) {
    throw Trouble(EX_CONFIG, fmt::format("the milter cannot read {}: nothing was changed",
                                         log::escaped(path)));
  }
  return highest;
}

class KeysNew final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        keys_group(program).add_subcommand("new", "Add a key, which mints from the next reload on");
    verb->add_option("FILE", file_, "The file of keys (default: unsubscribe.keys)");
    verb->footer("Exit: 0 it is there; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string path = token_key_path(context, file_, "keys new");
    FileReplacement file(path);
    const unsigned number = file.old_text().empty() ? 1 : highest_number(context, path) + 1;
    if (number > kHighestTokenKey) {
      throw Trouble(EX_CONFIG, fmt::format("{} already has a key {}: there is no higher number",
                                           log::escaped(path), kHighestTokenKey));
    }
    const TokenKey key = new_token_key(today());
    std::string text = file.old_text().empty() ? std::string(kHead) : file.old_text();
    if (!text.ends_with('\n')) text += '\n';
    file.commit(text + token_key_line(number, key) + "\n");

    Results results = context.results({{"number"}, {"state"}, {"made"}, {"fingerprint"}, {"file"}});
    results.row({fmt::format("{}", number), std::string("mints"), day_text(key.made),
                 token_key_fingerprint(number, key), path});
    results.finish();
    say_who_can_read(context, path);
    say_what_next(context, path);
    if (read_token_keys(context, path, file_).usable) return EX_OK;
    throw Trouble(EX_CONFIG, "the key was added, but the file cannot be used as it is");
  }

private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Verb> verb_keys_new() {
  return std::make_unique<KeysNew>();
}

}  // namespace optout
