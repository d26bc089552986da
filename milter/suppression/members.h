// Under which members of a set a recipient may be found, and under which one we write her.

#pragma once

#include "address/lookup_key.h"
#include "suppression/member_options.h"
#include "suppression/store.h"

#include <string>
#include <string_view>

namespace optout {

// Every spelling to ask for, most specific first: the key, the key of what the MTA made of the
// address where that differs (`rcpt_addr`, the macro {rcpt_addr}: a percent hack rewritten, a
// domain appended; AD-10), what another version of Unicode makes of a domain in that (AD-17), the
// keys without plus tag where asked for, the whole domains, and the digests of all of these. Of an
// address that could not be normalised also what it is without comments and white space, and with
// the A-labels that its domain has where Unicode is newer (AD-12).
//
// Empty for the null sender, the bare postmaster and invalid addresses: nobody to ask about.
Spellings spellings(const LookupKey& recipient, std::string_view rcpt_addr,
                    const MemberOptions& options);

// The member to write for a lookup key or "@domain": itself, or its digest under the newest digest
// key.
std::string member_to_write(std::string_view member, const MemberOptions& options);

}  // namespace optout
