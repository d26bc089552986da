// Searches for header fields that break the reader or the writer of List-Unsubscribe, the choice of
// what is done to the fields of a message, or the names of lists.

#include "unsubscribe/display_name.h"
#include "unsubscribe/field_edits.h"
#include "unsubscribe/list_unsubscribe.h"
#include "unsubscribe/list_unsubscribe_value.h"
#include "unsubscribe/mailto.h"
#include "util/utf8.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace optout;

void expect(bool holds) {
  if (!holds) std::abort();
}

// What may be written is read back, and stays on its line; nothing else is written.
void write_and_read(const std::vector<std::string>& uris) {
  ListUnsubscribeValue value;
  std::vector<std::string> written;
  for (const std::string& uri : uris) {
    const bool is_written = value.add(uri);
    expect(is_written == unsafe_in_list_unsubscribe(uri).empty());
    if (is_written) written.push_back(uri);
  }
  const std::vector<ListUri> read = list_uris(value.text());
  expect(read.size() == written.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    expect(read[i].text == written[i]);
    expect(read[i].scheme != UriScheme::other || !unfit_for_list_unsubscribe(written[i]).empty());
    expect(written[i].find_first_of("\r\n<>, ") == std::string::npos);
  }
}

void write_mailto(std::string_view uri) {
  const std::optional<Mailto> read = parse_mailto(uri);
  if (!read) return;
  const std::optional<std::string> written = mailto_uri(read->address, read->subject);
  expect(written.has_value());
  const std::optional<Mailto> again = parse_mailto(*written);
  expect(again && again->subject == read->subject);
  expect(mailto_uri(again->address, again->subject) == written);
}

// Edits name fields that exist, the last first, and leave one; a message with more than a hundred
// is left alone.
void plan(const ListFields& fields, unsigned lists, bool replace) {
  const OwnFields own{.link = "https://optout.example.com/u/x",
                      .mailto = "mailto:u+x@optout.example.com",
                      .wrote_link = fields.link().starts_with("https://optout.example.com/u/"),
                      .signed_link = true};
  const auto edits = fields.plan(replace, own).edits;
  if (lists > 100) return expect(edits.empty());
  for (const FieldEdit& edit : edits) {
    if (edit.name != kListUnsubscribeName) continue;
    expect(edit.remove <= lists || edit.remove == 0);
    lists = edit.remove == 0 ? lists + 1 : lists - 1;
  }
  expect(lists == 1);
}

}  // namespace

// Lines, each of which is the value of a List-Unsubscribe, of a List-Unsubscribe-Post and of a
// List-Id, and a URI; a line that begins with a blank goes on with the one before it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> values;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line.starts_with(' ') && !values.empty()) {
      values.back().append("\n").append(line);
    } else {
      values.emplace_back(line);
    }
  }
  ListFields fields;
  for (const std::string& value : values) {
    std::vector<std::string> uris;
    for (const ListUri& uri : list_uris(value))
      uris.push_back(uri.text);
    write_and_read(uris);
    write_and_read({value});
    write_mailto(value);
    for (const std::string& uri : uris)
      write_mailto(uri);
    const std::string name = display_name(value);
    expect(is_utf8(name) && name.size() <= 400 && name.find('\n') == std::string::npos);
    fields.add(kListUnsubscribeName, value);
    fields.add(kPostName, value);
  }
  plan(fields, static_cast<unsigned>(values.size()), false);
  plan(fields, static_cast<unsigned>(values.size()), true);
  return 0;
}
