#include "address/plain_address.h"

#include "address/ascii.h"
#include "address/limits.h"

namespace optout {

bool plain_key(std::string_view mailbox, std::string& key) {
  const std::size_t size = mailbox.size();
  if (size > kLongestMailbox) return false;
  key.resize(size);

  std::size_t i = 0;
  for (; i < size; ++i) {
    const char c = ascii::dot_atom(mailbox[i]);
    if (c == 0) break;
    key[i] = c;
  }
  if (i == 0 || i > kLongestLocalPart || i == size || mailbox[i] != '@') return false;
  key[i++] = '@';

  std::size_t label = i;  // where the label we are in begins
  for (; i < size; ++i) {
    const char c = ascii::host_name(mailbox[i]);
    if (c == 0) return false;
    if (c == '.') {
      if (i == label) return false;
      label = i + 1;
    } else if (c == '-' && i == label + 3 && key.compare(label, 3, "xn-") == 0) {
      return false;
    }
    key[i] = c;
  }
  return label != size;  // else no domain, or the dot of the root at its end
}

}  // namespace optout
