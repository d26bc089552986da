// A dialog: what an MTA says and what must come of it, read from a text file. The form is in
// README.md.

#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

enum class PlayerKind { milter, postfix, sendmail };

// The player that a dialog calls by this name.
std::optional<PlayerKind> player_named(std::string_view name);

struct Step {
  int line = 0;
  std::string verb;
  std::string rest;   // of the line
  std::string block;  // indented lines below it

  friend bool operator==(const Step&, const Step&) = default;
};

struct Dialog {
  std::string path;
  std::vector<Step> steps;  // those that are for this player
  bool skipped = false;     // the whole dialog is for other players
  std::string reason;       // why
};

// What is wrong, and where: "01-refused.dialog:7: TO <ann@example.com>: …".
class DialogError : public std::runtime_error {
public:
  DialogError(const std::string& path, const Step& step, std::string_view problem);
};

// Throws DialogError if the file is not a dialog, std::runtime_error if it cannot be read.
Dialog read_dialog(const std::string& path, PlayerKind player);

// The first word of `rest`, taken off it; a path in angle brackets is one word, blanks and all.
std::string take_word(std::string_view& rest);

// An address with its ESMTP parameters, and the reply that is expected to it (empty if none is
// given).
struct AddressStep {
  std::string address;
  std::vector<std::string> parameters;
  std::string expected;
};
AddressStep parse_address_step(std::string_view rest);

// "<ann@example.com>" without its brackets.
std::string without_brackets(std::string_view path);

// Whether `actual` begins with `pattern`, in which "*" stands for any text.
bool matches(std::string_view pattern, std::string_view actual);

}  // namespace optout::test
