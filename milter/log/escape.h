// How text is escaped for the place where it stands in a line. Pure function; any thread.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace optout::log {

enum class Place {
  free,    // where nothing follows that it could be taken for
  word,    // as a value up to the next comma: blanks, commas, quotes and angle brackets are escaped
  quotes,  // between quotes, which it cannot close
};

std::string escaped_for(Place place, std::string_view text, std::size_t limit);

}  // namespace optout::log
