// The macros that Postfix 3.7 gives a milter: which at which stage, and how it spells addresses in
// them.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

// libmilter's numbers of the lists that a milter may replace (SMFIM_ constants).
enum class MacroStage { connect, helo, mail, recipient, data, end_of_message, end_of_headers };

// What is sent at a stage unless the milter asks for something else.
const std::vector<std::string>& default_postfix_macros(MacroStage stage);

// "j {daemon_name} v", commas allowed, as a milter asks for macros.
std::vector<std::string> split_macro_names(std::string_view list);

// What is known before the first command.
std::map<std::string, std::string> initial_postfix_macros();

// "<@relay.example:Ann@Example.COM>" as {rcpt_addr} has it: no brackets, no route, lower case.
// Rewriting (percent hack, missing domain) is Postfix's own affair and is not played here.
std::string postfix_address_macro(std::string_view path);

}  // namespace optout::test
