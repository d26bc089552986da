#include "suppression/redis_transaction.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace optout {

using redis::Reply;

std::optional<Error> first_error(std::span<const Reply> replies) {
  const Reply* found = nullptr;
  for (const Reply& reply : replies) {
    if (!reply.is_error()) continue;
    if (found == nullptr || found->text().starts_with("EXECABORT")) found = &reply;
  }
  if (found == nullptr) return std::nullopt;
  return Error{redis::fault_of(found->text()), std::string(found->text())};
}

Error wrong_shape(std::string_view command) {
  return {Fault::garbled, fmt::format("{}: a reply of the wrong shape", command)};
}

Result<Reply> transact(redis::Executor& executor, const redis::Commands& commands,
                       redis::Clock::time_point deadline) {
  redis::Commands all;
  all.add({"MULTI"}).add(commands).add({"EXEC"});
  auto replies = executor.run(all, deadline, redis::Executor::Repeat::no);
  if (!replies) return std::move(replies).error();
  if (auto error = first_error(*replies)) return *std::move(error);
  if (replies->empty() || !replies->back().is_array() || replies->back().size() != commands.count())
    return wrong_shape("EXEC");
  const Reply& done = replies->back();
  for (std::size_t i = 0; i < done.size(); ++i) {
    if (done[i].is_error())
      return Error{redis::fault_of(done[i].text()), std::string(done[i].text())};
  }
  return std::move(replies->back());
}

}  // namespace optout
