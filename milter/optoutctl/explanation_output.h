// The forms of an explanation: prose for people, one JSON object, or a row for each recipient.

#pragma once

#include "optoutctl/explanation.h"
#include "optoutctl/output.h"

#include <cstdio>
#include <vector>

namespace optout {

// The steps, in SMTP order, and the result.
void print_steps(const Explanation& told, std::FILE* to);

void print_json(const Explanation& told, std::FILE* to);

// For csv and tab.
std::vector<Column> recipient_columns();
Row recipient_row(const Explanation& told, const ExplainedRecipient& recipient);

}  // namespace optout
