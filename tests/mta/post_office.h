// A relay that follows a recipe for unsubscribing, as its senders, readers and the world see it,
// whichever its MTA.

#pragma once

#include "mta/mail_programs.h"
#include "mta/placement.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::test {

class PostOffice {
public:
  explicit PostOffice(PostfixPlacement& placement);
  explicit PostOffice(SendmailPlacement& placement);

  // Hands in a message of ours. The last reply.
  SmtpReply send_out(std::string_view sender, const std::vector<std::string>& recipients,
                     std::string_view message) const;
  // The newsletter of `list` to one reader; of no list, a receipt.
  SmtpReply send_newsletter(const std::string& reader, std::string_view list) const;
  // The copy that reaches the reader.
  std::string copy_for(const std::string& reader, std::string_view list) const;
  // A message from a stranger, who does not log in. The last reply.
  SmtpReply take_in(const UnsubscribeMail& mail) const;

  // What has gone out since the last call; nothing is left in the queue.
  std::vector<Delivery> went_out() const;
  // Who got it: "<ann@example.com> <bob@example.com>".
  std::string reached() const;

  // What optoutctl check says of somebody: sets and sources, "list:news.example.com reply".
  std::string opt_outs_of(const std::string& address) const;
  // How often anything at all was recorded.
  std::string events() const { return redis_.cli({"XLEN", "optout:events"}); }

private:
  std::uint16_t ours_;
  std::uint16_t world_;
  std::string stranger_;  // from where the world comes
  std::function<bool()> settle_;
  SmtpSink& sink_;
  const OptoutMilter& milter_;
  const RedisServer& redis_;
};

}  // namespace optout::test
