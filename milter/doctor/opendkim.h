// OpenDKIM as it is configured: whether it signs the fields that make unsubscribing with one click
// work (RFC 8058). By itself it signs List-Unsubscribe, but not List-Unsubscribe-Post.
//
// Pure.

#pragma once

#include "config/config.h"
#include "doctor/finding.h"

#include <map>
#include <string>
#include <string_view>

namespace optout::doctor {

// The settings of an opendkim.conf, names in lower case.
std::map<std::string, std::string> parse_opendkim(std::string_view text);

Findings check_opendkim(const std::map<std::string, std::string>& settings, const Config& config,
                        const std::string& file);

}  // namespace optout::doctor
