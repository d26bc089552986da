// The header of a message, field by field, as dialogs ask about it; and what an MTA puts there of
// its own accord, which no dialog is about.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace optout::test {

struct Field {
  std::string_view name;
  std::string_view bytes;  // the whole field, with the CRLF that ends it
};

// Points into `message`, which ends its lines with CRLF.
std::vector<Field> fields_of(std::string_view message);

// "Name: value", folded or not: the name, and the value in one line, with a blank for each fold.
std::pair<std::string, std::string> split_field(std::string_view field);

// Lines that end in "\n" as they stand on the wire.
std::string with_crlf(std::string_view lines);

bool same_field_name(std::string_view one, std::string_view other);

// What arrived of a message, without the fields that an MTA puts above what it was sent (Received,
// Return-Path), and without those that it writes where the sender left them out (Date, From…).
std::string without_additions(std::string_view arrived, std::string_view sent);

}  // namespace optout::test
