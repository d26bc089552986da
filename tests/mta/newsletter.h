// A newsletter as the shop sends it, and what its reader finds in the copy that reached her.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

// Of the shop (OpenDkim signs for it), to one reader; without a list, it is a receipt.
std::string newsletter(std::string_view reader, std::string_view list);

// The values of all fields of this name, folds and all.
std::vector<std::string> field_values(std::string_view message, std::string_view name);

// What a mail program makes of the first List-Unsubscribe.
struct WayOut {
  std::string link;
  std::string address;
  std::string subject;  // of mail to it

  std::string link_token() const { return link.substr(link.rfind('/') + 1); }
  std::string local_part() const { return address.substr(0, address.find('@')); }
  std::string domain() const { return address.substr(address.find('@')); }  // "@optout.example.com"
};

// Throws std::runtime_error where the message offers none.
WayOut way_out_of(std::string_view message);

}  // namespace optout::test
