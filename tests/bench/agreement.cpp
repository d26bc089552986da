#include "agreement.h"

#include <span>

namespace optout::bench {
namespace {

using test::MacroStage;

constexpr std::size_t kMostMacros = 32;

std::size_t index_of(MacroStage stage) {
  return static_cast<std::size_t>(stage);
}

}  // namespace

Agreement::Agreement(std::string_view answer) : answer_(answer) {
  for (const MacroStage stage :
       {MacroStage::connect, MacroStage::helo, MacroStage::mail, MacroStage::recipient,
        MacroStage::data, MacroStage::end_of_message, MacroStage::end_of_headers}) {
    set_macros(stage, test::default_postfix_macros(stage));
  }
  test::take_number(answer);  // version
  test::take_number(answer);  // actions
  protocol_ = test::take_number(answer);
  while (!answer.empty()) {
    const std::uint32_t stage = test::take_number(answer);
    const auto names = test::split_macro_names(test::take_string(answer));
    // An empty list leaves Postfix with its own.
    if (stage < macros_.size() && !names.empty()) set_macros(static_cast<MacroStage>(stage), names);
  }
}

// Only macros that have a value are sent, so only those are kept.
void Agreement::set_macros(MacroStage stage, const std::vector<std::string>& names) {
  static const auto known = [] {
    auto values = test::initial_postfix_macros();
    values["_"] = "app.example.com [192.0.2.10]";
    values["{client_addr}"] = "192.0.2.10";
    values["{client_name}"] = "app.example.com";
    values["{client_port}"] = "41000";
    values["{mail_addr}"] = "news@shop.example.com";
    values["{mail_host}"] = "shop.example.com";
    values["{rcpt_host}"] = "mx.example.net";
    return values;
  }();
  std::vector<Macro>& macros = macros_[index_of(stage)];
  macros.clear();
  for (const std::string& name : names) {
    if (macros.size() == kMostMacros) return;
    if (name == "i") {
      macros.push_back({name, {}, Macro::Source::queue_id});
    } else if (name == "{rcpt_addr}") {
      macros.push_back({name, {}, Macro::Source::recipient});
    } else if (const auto found = known.find(name); found != known.end()) {
      macros.push_back({name, found->second, Macro::Source::constant});
    }
  }
}

void Agreement::append_macros(std::string& out, MacroStage stage, test::Command command,
                              const Changing& changing) const {
  std::array<std::string_view, 2 * kMostMacros> pairs;
  std::size_t count = 0;
  for (const Macro& macro : macros_[index_of(stage)]) {
    std::string_view value = macro.value;
    if (macro.source == Macro::Source::queue_id) value = changing.queue_id;
    if (macro.source == Macro::Source::recipient) value = changing.recipient;
    if (value.empty()) continue;
    pairs[count++] = macro.name;
    pairs[count++] = value;
  }
  test::append_macros(out, command, std::span(pairs).first(count));
}

}  // namespace optout::bench
