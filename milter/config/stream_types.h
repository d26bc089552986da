// How the settings of a stream are written that are words or texts of its own.

#pragma once

#include "config/types.h"
#include "policy/stream.h"

#include <string>
#include <string_view>

namespace optout {

// Whether a stream or a tenant may have this name: a to z, 0 to 9, - and _, at most 64.
bool is_stream_name(std::string_view text);

Type<std::string> stream_name_type();

// A name of the same form, or "" for none; not one with which keys of our own begin.
Type<std::string> tenant_type();

Type<OnOptedOut> opted_out_type();
Type<OnMixed> mixed_type();

Type<ListUnsubscribe> list_unsubscribe_type();
Type<BadToken> bad_token_type();

// One line of an SMTP reply.
Type<std::string> reply_type();

}  // namespace optout
