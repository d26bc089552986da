#include "redis/client.h"

#include "log/log.h"
#include "redis/breaker.h"
#include "redis/combiner.h"
#include "redis/connection.h"
#include "redis/socket_transport.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

namespace optout::redis {
namespace {

using Replies = std::vector<Reply>;

struct Request {
  const Commands& commands;
  const Clock::time_point deadline;
  const Executor::Repeat repeat;
  std::optional<Result<Replies>> result;
};

using Batch = std::vector<Request*>;

void give_all(std::span<Request* const> batch, const Error& error) {
  for (Request* const request : batch)
    request->result = error;
}

// Gives `error` to those for whom `is_over` holds, and goes on without them.
template <typename Predicate>
void dismiss(Batch& batch, const Error& error, Predicate is_over) {
  std::erase_if(batch, [&](Request* request) {
    if (!is_over(*request)) return false;
    request->result = error;
    return true;
  });
}

void distribute(const Batch& batch, Replies& replies) {
  auto next = std::make_move_iterator(replies.begin());
  for (Request* const request : batch) {
    const auto end = next + static_cast<std::ptrdiff_t>(request->commands.count());
    request->result.emplace(Replies(next, end));
    next = end;
  }
}

class Client final : public Executor {
public:
  explicit Client(const RedisOptions& options)
      : timeout_(options.timeout), connection_(options, make_socket_transport(options.address)) {}

  Result<Replies> run(const Commands& commands, Clock::time_point deadline,
                      Repeat repeat) override {
    if (commands.empty()) return Replies{};
    Request request{commands, deadline, repeat, {}};
    combiner_.submit(request, [this](std::span<Request* const> batch) noexcept { serve(batch); });
    return *std::move(request.result);
  }

  std::chrono::milliseconds timeout() const override { return timeout_; }

private:
  void serve(std::span<Request* const> requests) noexcept;
  void ask(Batch batch);
  Result<Replies> ask_once(const Batch& batch, bool reuse);
  void fail(const Batch& batch, Error error);
  void succeed(const Batch& batch, Replies replies);

  const std::chrono::milliseconds timeout_;
  Combiner<Request> combiner_;
  Connection connection_;  // this and the next belong to the leader of the combiner's batch
  Breaker breaker_;
};

// Nobody may be left without an answer, so this is where exceptions end.
void Client::serve(std::span<Request* const> requests) noexcept {
  try {
    ask(Batch(requests.begin(), requests.end()));
  } catch (const std::exception& exception) {
    connection_.close();
    const Error error{Fault::internal,
                      fmt::format("{}: {}", connection_.describe(), exception.what())};
    for (Request* const request : requests) {
      if (!request->result) request->result = error;
    }
  }
}

void Client::ask(Batch batch) {
  const auto start = Clock::now();
  if (const Error* const last = breaker_.pausing(start)) {
    return give_all(batch, {Fault::backing_off, "not asked again yet: " + last->detail});
  }
  // Whoever has waited too long must not take the others with them.
  dismiss(batch, {Fault::timeout, connection_.describe() + ": timed out behind other questions"},
          [start](const Request& request) { return request.deadline <= start; });
  if (batch.empty()) return;

  const bool reuse = connection_.is_usable();
  auto replies = ask_once(batch, reuse);
  if (!replies && reuse && replies.error().fault == Fault::closed && !connection_.was_answered()) {
    // It had died while idle, which says nothing about Redis as it is now.
    dismiss(batch,
            {Fault::closed, fmt::format("{}: {}", connection_.describe(), replies.error().detail)},
            [](const Request& request) { return request.repeat == Repeat::no; });
    if (batch.empty()) return;
    replies = ask_once(batch, false);
  }
  if (replies) return succeed(batch, *std::move(replies));

  Error error = std::move(replies).error();
  error.detail = fmt::format("{}: {}", connection_.describe(), error.detail);
  if (error.fault == Fault::timeout) {
    const auto waited = std::chrono::round<std::chrono::milliseconds>(Clock::now() - start);
    error.detail += fmt::format(" after {} ms", waited.count());
  }
  // Whoever came with little time left says nothing about Redis.
  const bool was_in_a_hurry = error.fault == Fault::timeout && Clock::now() - start < timeout_ / 2;
  if (was_in_a_hurry) return give_all(batch, error);
  fail(batch, std::move(error));
}

Result<Replies> Client::ask_once(const Batch& batch, bool reuse) {
  const auto deadline = (*std::ranges::min_element(batch, {}, &Request::deadline))->deadline;
  if (!reuse) {
    if (auto opened = connection_.open(deadline); !opened) return std::move(opened).error();
  }
  if (batch.size() == 1) {
    const Commands& commands = batch.front()->commands;
    return connection_.exchange(commands.wire(), commands.count(), deadline);
  }
  std::string wire;
  std::size_t count = 0;
  for (const Request* const request : batch) {
    wire += request->commands.wire();
    count += request->commands.count();
  }
  return connection_.exchange(wire, count, deadline);
}

void Client::fail(const Batch& batch, Error error) {
  give_all(batch, error);
  const std::string line = fmt::format("{} (fault={})", error.detail, to_string(error.fault));
  const bool is_news = breaker_.failed(Clock::now(), std::move(error));
  if (is_news) log::warning(line);  // and no more until it is back
}

void Client::succeed(const Batch& batch, Replies replies) {
  if (const auto away = breaker_.succeeded(Clock::now())) {
    log::notice(fmt::format("{}: back after {:.1f} s", connection_.describe(),
                            std::chrono::duration<double>(*away).count()));
  }
  // It wants a password that it did not want when we logged in. Next time we may have one.
  const bool stranger = std::ranges::any_of(replies, [](const Reply& reply) {
    return reply.is_error() && fault_of(reply.text()) == Fault::auth_required;
  });
  if (stranger) connection_.close();
  distribute(batch, replies);
}

}  // namespace

std::unique_ptr<Executor> make_client(const RedisOptions& options) {
  return std::make_unique<Client>(options);
}

}  // namespace optout::redis
