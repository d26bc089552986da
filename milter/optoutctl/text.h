// Text for terminals and shells.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace optout {

// How many columns of a terminal `text` takes: none for combining characters, two for wide ones
// (East Asian, emoji), one for everything else. An estimate; terminals differ.
std::size_t columns_of(std::string_view text) noexcept;

// `text` without the white space around it.
std::string_view trimmed(std::string_view text) noexcept;

// `word` as one word of a POSIX shell command; as it is where no quoting is needed.
std::string shell_quoted(std::string_view word);

// The user at the keyboard: who called sudo, else the login name, else "uid 1000".
std::string who_runs_this();

}  // namespace optout
