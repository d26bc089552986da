// In which file a setting is to be written so that it holds: files in conf.d are read after
// optout-milter.yaml, in the order of their names, and the last one wins.
//
// Pure.

#pragma once

#include "config/reader.h"
#include "doctor/finding.h"

#include <string>
#include <string_view>

namespace optout::doctor {

// A line of a fix that is to be written into the configuration: "redis: { timeout: 1s }". It says
// "in optout-milter.yaml:  " before it, until it is placed.
std::string in_config(std::string_view line);

// `finding` with such lines naming the file that fits, beside `file` or itself.
Finding placed(Finding finding, const Loaded& loaded, const std::string& file, bool has_conf_d);

}  // namespace optout::doctor
