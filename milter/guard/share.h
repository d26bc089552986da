// Which share of the people a sender wants to mail have opted out: two rows of bits (bit_field.h),
// so that both are of the same window. It begins with the first of them.
//
// Who is refused, or not mailed for another reason, was still to be mailed, and counts. Pure
// functions; any thread.

#pragma once

#include "guard/tally.h"

namespace optout {

struct Share {
  std::string key;
  std::chrono::seconds window{};
  // A smaller part of the people, in hundredths of a percent, makes no difference, nor does any
  // among fewer people: they need not be counted. 0: they do.
  std::uint64_t part_of_interest = 0;
  std::uint64_t people_of_interest = 0;

  BitField field() const;
};

struct ShareReading {
  std::uint64_t people = 0;     // all of them
  std::uint64_t opted_out = 0;  // those among them
  bool is_doubtful = false;     // there may be fewer, and so many would be of interest
  std::optional<FieldBelief> belief{};
  bool has_no_beginning = false;
};

FieldInquiry inquiry_for(const Share& share, const std::optional<FieldBelief>& belief,
                         std::size_t people, std::size_t opted_out, Stamp now);

// Of one message's people, each once and in order; more make no difference to a share. Both are cut
// at the same person, so that the share stays what it is.
struct Addressed {
  std::span<const Person> people;
  std::span<const Person> opted_out;
};
Addressed enough_for_share(Addressed all) noexcept;

// Adds people, and others who have opted out, and asks.
void ask_share(redis::Commands& commands, const Share& share, std::span<const Person> people,
               std::span<const Person> opted_out, Stamp now, const FieldInquiry& inquiry = {});

// Takes the replies to that off the front of `replies`.
Result<ShareReading> read_share(std::span<const redis::Reply>& replies, const Share& share,
                                std::span<const Person> people, std::span<const Person> opted_out,
                                const FieldInquiry& inquiry = {});

}  // namespace optout
