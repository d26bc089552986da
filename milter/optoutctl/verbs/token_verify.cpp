// optoutctl token verify: whether a token is one of ours, by its exit code alone.

#include "optoutctl/given_token.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"

#include <CLI/App.hpp>

namespace optout {
namespace {

class TokenVerify final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb = token_group(program).add_subcommand(
        "verify", "Tell by the exit code whether a token is ours");
    verb->add_option("TOKEN", token_, "The token, or an unsubscribe address or link with one");
    verb->footer("Exit: 0 it is; 1 it is not; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    if (token_.empty()) throw wrong_usage("which token?");
    const UnsubscribeOptions& options = context.config().unsubscribe;
    require_tokens(options);
    return good_token(token_, options.keys) ? EX_OK : kNotOurs;
  }

private:
  std::string token_;
};

}  // namespace

std::unique_ptr<Verb> verb_token_verify() {
  return std::make_unique<TokenVerify>();
}

}  // namespace optout
