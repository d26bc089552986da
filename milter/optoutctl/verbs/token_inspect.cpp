// optoutctl token inspect: what a token says, and what the milter would make of it.

#include "log/log.h"
#include "optoutctl/given_token.h"
#include "optoutctl/sets.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/redis_registry.h"
#include "unsubscribe/set_reference.h"
#include "util/day.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

namespace optout {
namespace {

Cell text_or_nothing(std::string_view text) {
  return text.empty() ? Cell() : Cell(std::string(text));
}

class TokenInspect final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        token_group(program).add_subcommand("inspect", "Tell whom a token opts out, and of what");
    verb->add_option("TOKEN", token_, "The token, or an unsubscribe address or link with one");
    verb->footer("Exit: 0 done; 1 it is no token of ours; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    if (token_.empty()) throw wrong_usage("which token?");
    const Config& config = context.config();
    require_tokens(config.unsubscribe);
    const auto good = good_token(token_, config.unsubscribe.keys);
    if (!good) {
      context.complain(fmt::format("{}: no token that a key of {} made", log::escaped(token_),
                                   log::escaped(config.unsubscribe.keys_file)));
      return kNotOurs;
    }

    const Token& token = good->token;
    const auto set = set_of(context, token);
    const std::string address = address_of(context, token);
    std::string note;
    if (!set) note = "nobody knows this reference: counts as global";
    if (address.empty()) note = "nobody keeps this address: opts nobody out";
    Results results = context.results({{"address"},
                                       {"set"},
                                       {"issued"},
                                       {"purpose"},
                                       {"key"},
                                       {"reference"},
                                       {"stored"},
                                       {"note"},
                                       {"tenant"}});
    results.row({text_or_nothing(address), set ? Cell(std::string(set->text())) : Cell(),
                 day_text(token.issued), std::string(to_string(good->purpose)),
                 fmt::format("{}", token.key),
                 token.scope ? Cell(set_reference_text(*token.scope)) : Cell(),
                 token.stored ? Cell(fmt::format("{:016x}", *token.stored)) : Cell(),
                 text_or_nothing(note), set ? text_or_nothing(set->tenant()) : Cell()});
    return EX_OK;
  }

private:
  static std::unique_ptr<Registry> registry(Context& context) {
    const Config& config = context.config();
    return make_redis_registry(context.redis(), config.prefix, config.addresses);
  }

  // Sets that the configuration names are known without Redis.
  static std::optional<SetName> set_of(Context& context, const Token& token) {
    if (!token.scope) return SetName::global();
    for (SetName& set : known_sets(context.config())) {
      if (set_reference(set) == *token.scope) return std::move(set);
    }
    const auto found = registry(context)->set_of(*token.scope);
    if (!found) throw trouble_with_redis(found.error(), context.config().redis);
    return *found;
  }

  static std::string address_of(Context& context, const Token& token) {
    if (!token.stored) return token.address;
    const auto found = registry(context)->member_of(*token.stored);
    if (!found) throw trouble_with_redis(found.error(), context.config().redis);
    return found->value_or("");
  }

  std::string token_;
};

}  // namespace

std::unique_ptr<Verb> verb_token_inspect() {
  return std::make_unique<TokenInspect>();
}

}  // namespace optout
