// optoutctl token mint: an unsubscribe address or link for one recipient, as the milter would make
// it: for mail that does not pass the milter, and for tests.

#include "log/log.h"
#include "optoutctl/given_token.h"
#include "optoutctl/sets.h"
#include "optoutctl/subject.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "suppression/members.h"
#include "suppression/redis_registry.h"
#include "unsubscribe/reply_address.h"
#include "unsubscribe/set_reference.h"
#include "util/day.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace optout {
namespace {

std::string key_of(const std::string& typed) {
  if (typed.empty()) throw wrong_usage("--to is missing: whom shall it opt out?");
  const Subject subject = subject_of({.text = typed, .too_long = false});
  std::string wrong = unfit(subject);
  if (wrong.empty() && subject.whole_domain()) wrong = "a token opts one recipient out";
  if (!wrong.empty()) throw Trouble(EX_DATAERR, fmt::format("{}: {}", log::escaped(typed), wrong));
  return subject.key.key;
}

class TokenMint final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        token_group(program).add_subcommand("mint", "Make an unsubscribe address or link");
    verb->add_option("--to", to_, "Required: the recipient whom it opts out")->type_name("ADDRESS");
    verb->add_option("--list", list_, "Of this list")->type_name("ID");
    verb->add_option("--stream", stream_, "Of this stream")->type_name("NAME");
    verb->add_flag("--global", global_, "Of everything (the default)");
    tenant_.declare_tenant(*verb, "Of what this tenant sends");
    verb->add_option("--purpose", purpose_, "reply: an address (the default); link: a link")
        ->type_name("WHAT");
    verb->footer("Exit: 0 done; 65 that is no address; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    if (purpose_ != "reply" && purpose_ != "link") {
      throw wrong_usage(fmt::format("--purpose {}: write reply or link", log::escaped(purpose_)));
    }
    if ((list_.empty() ? 0 : 1) + (stream_.empty() ? 0 : 1) + (global_ ? 1 : 0) > 1)
      throw wrong_usage("--list, --stream and --global do not go together: leave all but one away");
    const std::string key = key_of(to_);
    const Config& config = context.config();
    const UnsubscribeOptions& options = config.unsubscribe;
    require_tokens(options);
    const Purpose purpose = purpose_ == "link" ? Purpose::link : Purpose::reply;
    if (purpose == Purpose::link && options.link.empty())
      throw Trouble(EX_CONFIG, "no links are in use: unsubscribe.link is not set");

    const SetName set = chosen_set(context, config);
    Token token{
        .issued = today(), .scope = scope_of_token(set), .address = key, .stored = {}, .key = 0};
    const std::string text = minted(context, purpose, std::move(token));
    const std::string made =
        purpose == Purpose::link ? options.link + text : reply_address(text, options.domain);
    if (context.format() == Format::table) {
      if (!context.quiet()) fmt::print("{}\n", made);
      return EX_OK;
    }
    Results results =
        context.results({{"address"}, {"set"}, {"purpose"}, {"unsubscribe"}, {"tenant"}});
    results.row({key, std::string(set.text()), purpose_, made,
                 set.tenant().empty() ? Cell() : Cell(std::string(set.tenant()))});
    return EX_OK;
  }

private:
  // Throws Trouble where the token would come to mean something else when it returns.
  SetName chosen_set(Context& context, const Config& config) const {
    const std::string& tenant = tenant_.tenant();
    if (!stream_.empty()) {
      const auto stream = std::find_if(config.streams.begin(), config.streams.end(),
                                       [&](const Stream& each) { return each.name == stream_; });
      if (stream == config.streams.end() || (!tenant.empty() && stream->tenant != tenant)) {
        throw wrong_usage(fmt::format("--stream {}: the configuration has no such stream{}",
                                      log::escaped(stream_),
                                      tenant.empty() ? "" : " of that tenant"));
      }
      return SetName::stream(stream->name, stream->tenant);
    }
    if (!tenant.empty() && !has_tenant(config, tenant)) {
      throw wrong_usage(
          fmt::format("--tenant {}: no stream in the configuration has this tenant", tenant));
    }
    if (list_.empty()) return SetName("global", tenant);
    const auto parsed = parse_set_name("list:" + list_);
    if (const auto* wrong = std::get_if<std::string>(&parsed))
      throw wrong_usage(fmt::format("--list {}: {}", log::escaped(list_), *wrong));
    SetName set(std::string(std::get<SetName>(parsed).text()), tenant);
    note(context, set);
    return set;
  }

  // Whoever gets the token back must find out what it refers to.
  static void note(Context& context, const SetName& set) {
    const Config& config = context.config();
    const auto noted = make_redis_registry(context.redis(), config.prefix, config.addresses)
                           ->note({.id = std::string(set.text().substr(set.text().find(':') + 1)),
                                   .tenant = std::string(set.tenant()),
                                   .name = {},
                                   .reference = set_reference(set),
                                   .first_seen = std::chrono::floor<std::chrono::seconds>(
                                       std::chrono::system_clock::now())});
    if (!noted) throw trouble_with_redis(noted.error(), config.redis);
    if (*noted == Noted::full || *noted == Noted::taken) {
      throw Trouble(EX_UNAVAILABLE,
                    fmt::format("no token can refer to {}: {}\n  make it for everything: --global",
                                in_words(set),
                                *noted == Noted::full ? "too many lists are known"
                                                      : "its reference means another set"));
    }
  }

  static std::string minted(Context& context, Purpose purpose, Token token) {
    const Config& config = context.config();
    const Tokens tokens(config.unsubscribe.keys);
    if (const auto text = tokens.mint(purpose, token)) return *text;
    // Too long for a local part: the address goes to Redis.
    const std::uint64_t reference = tokens.stored_reference(token.address);
    const auto kept =
        make_redis_registry(context.redis(), config.prefix, config.addresses)
            ->keep_address(reference, member_to_write(token.address, config.addresses));
    if (!kept) throw trouble_with_redis(kept.error(), config.redis);
    token.stored = reference;
    token.address.clear();
    const auto text = tokens.mint(purpose, token);
    if (!text) throw Trouble(EX_SOFTWARE, "no token could be made");
    return *text;
  }

  std::string to_, list_, stream_;
  std::string purpose_ = "reply";
  bool global_ = false;
  SetFlags tenant_;
};

}  // namespace

std::unique_ptr<Verb> verb_token_mint() {
  return std::make_unique<TokenMint>();
}

}  // namespace optout
