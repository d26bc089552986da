// One connection to Redis, logged in, on which questions and answers stay in step.
//
// The replies of RESP2 carry no number: they belong to the commands by their order alone. A
// connection on which anything went wrong between a question and the end of its answer is therefore
// closed and never used again; what would still arrive on it would be taken for the answer to
// somebody else's question.
//
// Threads: one at a time.

#pragma once

#include "redis/deadline.h"
#include "redis/options.h"
#include "redis/reply.h"
#include "redis/reply_reader.h"
#include "redis/transport.h"
#include "util/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace optout::redis {

class Connection {
public:
  // Replies to one batch may take so many bytes; more are Fault::garbled, so that nothing a server
  // sends can exhaust our memory. What we ask for is far from it: the largest question, 10,000
  // recipients in 6 spellings against 10 sets, is answered with 600,000 integers of 4 bytes, so 25
  // of these fit into one batch.
  static constexpr std::size_t kMostReplyBytes = std::size_t{64} << 20;

  Connection(RedisOptions options, std::unique_ptr<Transport> transport);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Whether the next question may be asked on it: logged in, and still there as far as can be told.
  bool is_usable() noexcept { return logged_in_ && transport_->is_quiet(); }

  // Connects and logs in (user and password, then the database). On failure it is closed.
  Result<Done> open(Clock::time_point deadline);

  // Sends commands and brings back `count` replies. On failure it is closed. Requires open().
  Result<std::vector<Reply>> exchange(std::string_view wire, std::size_t count,
                                      Clock::time_point deadline);

  // Whether any byte came back in the last exchange. If none did, and it ended with Fault::closed,
  // then the connection had died before Redis heard the question, or (rarely) died of it.
  bool was_answered() const noexcept { return received_ > 0; }

  void close() noexcept;

  const std::string& describe() const noexcept { return transport_->describe(); }

private:
  Result<Done> log_in(Clock::time_point deadline);
  Result<std::string> password() const;
  Result<Done> read_replies(std::size_t count, Clock::time_point deadline,
                            std::vector<Reply>& replies);

  const RedisOptions options_;
  const std::unique_ptr<Transport> transport_;
  std::optional<ReplyReader> reader_;  // there while connected
  bool logged_in_ = false;
  std::size_t received_ = 0;
};

}  // namespace optout::redis
