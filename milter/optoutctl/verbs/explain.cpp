// optoutctl explain: what would become of a message, step by step, and why.
//
// Its exit code answers for scripts: 0 all recipients would get it, 1 not all, 64 and more "cannot
// tell".

#include "address/ascii.h"
#include "log/log.h"
#include "optoutctl/explanation.h"
#include "optoutctl/explanation_output.h"
#include "optoutctl/header_section.h"
#include "optoutctl/text.h"
#include "optoutctl/trouble.h"
#include "optoutctl/verb.h"
#include "util/ip_network.h"

#include <CLI/App.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace optout {
namespace {

constexpr int kNotToAll = 1;

std::vector<HeaderField> header_of_file(const std::string& name) {
  if (name == "-") return read_header_section(stdin, "standard input");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "re"),
                                                             &std::fclose);
  if (!file) {
    throw Trouble(EX_NOINPUT, fmt::format("--message {}: {}", log::escaped(name),
                                          std::generic_category().message(errno)));
  }
  return read_header_section(file.get(), "--message " + log::escaped(name));
}

class Explain final : public Verb {
public:
  CLI::App* declare(CLI::App& program) override {
    CLI::App* verb =
        program.add_subcommand("explain", "Tell what would become of a message, and why");
    const auto flag = [verb](const std::string& names, auto& value, const std::string& help) {
      return verb->add_option(names, value, help);
    };
    sender_ = flag("--from", message_.sender, "Envelope sender; \"<>\" for a bounce")
                  ->type_name("ADDRESS");
    flag("--to", message_.recipients, "Recipients; may be repeated")->type_name("ADDRESS");
    flag("--auth", message_.auth, "The SASL user who sends it")->type_name("USER");
    flag("--client", message_.client, "The IP address it comes from")->type_name("IP");
    flag("--listener", message_.listener,
         "The MTA's name for the service that takes it: {daemon_name}")
        ->type_name("NAME");
    verb->add_flag("--pickup", message_.pickup, "It comes from sendmail(1), not by SMTP");
    flag("--header", headers_, "A field of its header, as \"List-Id: <a.example>\"")
        ->type_name("FIELD")
        ->allow_extra_args(false);
    flag("--message", file_, "Read its header from this file, or - for stdin")->type_name("FILE");
    verb->footer(
        "Nothing is sent, and nothing changes. The envelope is not read from the message.\n"
        "The bulk guard is not asked: its limits may keep the message back.\n"
        "Exit: 0 every recipient would get it; 1 not every one; other codes: optoutctl(1).");
    return verb;
  }

  int run(Context& context) override {
    read_message();
    const Config& config = context.config();
    const Explanation told = explain(config, context.redis(), std::move(message_));
    print(context, told);
    const auto fault = told.fault();
    if (told.deferred()) {
      if (fault) throw trouble_with_redis(*fault, config.redis);
      return EX_TEMPFAIL;
    }
    if (fault) context.complain(trouble_with_redis(*fault, config.redis).what());
    return told.delivered() ? EX_OK : kNotToAll;
  }

private:
  void read_message() {
    if (!file_.empty()) message_.header = header_of_file(file_);
    for (const std::string& typed : headers_)
      message_.header.push_back(header_field(typed));
    if (sender_->count() == 0) throw missing("--from", {"Return-Path", "From"});
    if (message_.recipients.empty()) throw missing("--to", {"To", "Cc", "Bcc"});
    if (!message_.client.empty() && !parse_ip_address(message_.client)) {
      throw wrong_usage(fmt::format("--client {}: no IP address", log::escaped(message_.client)));
    }
  }

  // The envelope is what decides, and the header need not say the same: so it is a hint only.
  Trouble missing(std::string_view flag, const std::vector<std::string_view>& fields) const {
    for (const std::string_view wanted : fields) {
      for (const HeaderField& field : message_.header) {
        if (ascii::lowered(field.name) != ascii::lowered(wanted)) continue;
        return wrong_usage(fmt::format(
            "{} is missing: the message says {}: {}\n  that is not the envelope; repeat it as {} "
            "if it is meant",
            flag, wanted, log::escaped(trimmed(field.value)), flag));
      }
    }
    return wrong_usage(
        fmt::format("{} is missing\n"
                    "  try: optoutctl explain --from news@shop.example --to ann@example.com",
                    flag));
  }

  static void print(Context& context, const Explanation& told) {
    if (context.quiet()) return;
    if (context.format() == Format::table) return print_steps(told, stdout);
    if (context.format() == Format::json) return print_json(told, stdout);
    Results results = context.results(recipient_columns());
    for (const ExplainedRecipient& recipient : told.recipients)
      results.row(recipient_row(told, recipient));
  }

  Message message_;
  CLI::Option* sender_ = nullptr;
  std::vector<std::string> headers_;
  std::string file_;
};

}  // namespace

std::unique_ptr<Verb> verb_explain() {
  return std::make_unique<Explain>();
}

}  // namespace optout
