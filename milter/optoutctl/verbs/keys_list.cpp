// optoutctl keys list: which keys there are, and what each is good for. Never the keys themselves.

#include "optoutctl/token_key_files.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "util/day.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

class KeysList final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = keys_group(program).add_subcommand(
        "list", "Tell which key mints, which verify, and which are retired");
    verb->add_option("FILE", file_, "The file of keys (default: unsubscribe.keys)");
    verb->footer(
        "Exit: 0 done; 78 the milter would not start with this file; other codes: "
        "optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    const std::string path = token_key_path(context, file_, "keys list");
    const auto [keys, usable] = read_token_keys(context, path, file_);
    const auto minting = minting_key(keys);
    Results results = context.results({{"number"}, {"state"}, {"made"}, {"fingerprint"}});
    for (const auto& [number, key] : keys) {
      const std::string_view state = key.retired         ? "retired"
                                     : number == minting ? "mints"
                                                         : "verifies";
      const bool has_day = key.made != std::chrono::sys_days();
      results.row({fmt::format("{}", number), std::string(state),
                   has_day ? Cell(day_text(key.made)) : Cell(),
                   token_key_fingerprint(number, key)});
    }
    results.finish();
    return usable ? EX_OK : EX_CONFIG;
  }

private:
  std::string file_;
};

}  // namespace

std::unique_ptr<Verb> verb_keys_list() {
  return std::make_unique<KeysList>();
}

}  // namespace optout
