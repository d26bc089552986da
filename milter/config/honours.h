// One entry of a stream's `honours`: the name of a suppression set the stream obeys.

#pragma once

#include "config/types.h"

#include <string>

namespace optout {

// global, list, stream, complaint, bounce, block, list:<id> (lower-cased), stream:<name>,
// key:<redis key>.
Type<std::string> honours_type();

}  // namespace optout
