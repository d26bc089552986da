// What an administrator who follows a recipe writes, and those it says to follow first.
//
// The lines are the recipe's own. Only what belongs to the host is put otherwise: the directories
// /var/spool/postfix, /run/optout-milter, /etc/optout-milter and /etc/mail, the user and group
// _optout-milter (who are us), and ports, which are free ones of 127.0.0.1. A content filter, which
// gets mail on 10024 and gives it back on 10025, is one that changes nothing: both are the same
// port.

#pragma once

#include "mta/recipe.h"
#include "support/stream_socket.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout::test {

// What is written instead of what, one after the other.
using Replacements = std::vector<std::pair<std::string, std::string>>;

// The lines of a recipe and of those to be followed before it.
class Followed {
public:
  // `replacements` make the recipe another one. Throws std::runtime_error if it has lines for
  // another file than `files`.
  Followed(const std::string& recipe, const std::vector<std::string>& files,
           Replacements replacements);

  // `by` is written instead of `what` from now on.
  void replace(std::string what, std::string by) {
    replacements_.emplace_back(std::move(what), std::move(by));
  }
  // What is written instead of `what`, such as "8891".
  const std::string& replacement(std::string_view what) const;

  // All lines for that file, those of the recipe itself last.
  std::string lines_for(std::string_view file) const;
  std::string daemon_configuration() const;
  SocketAddress daemon_address() const;

private:
  void follow(const std::string& recipe, const std::vector<std::string>& files);
  std::string replaced(std::string text) const;

  std::vector<Recipe> recipes_;
  Replacements replacements_;
};

}  // namespace optout::test
