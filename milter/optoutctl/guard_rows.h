// How `optoutctl guard list` and `guard show` print what is known of a sender: one fact a row.

#pragma once

#include "guard/guard_desk.h"
#include "optoutctl/output.h"

#include <string>
#include <vector>

namespace optout {

std::vector<Column> guard_columns();

// Trips and the allowance; with `warnings` those, too.
void print_state(Results& results, const std::string& sender, const SenderState& state,
                 bool warnings, const Cell& passed);
void print_count(Results& results, const std::string& sender, const CountedPeople& count);
void print_passed(Results& results, const std::string& sender, const PassedMessage& message);

// "2026-11-22T10:50:00Z"
std::string time_text(RedisTime time);

}  // namespace optout
