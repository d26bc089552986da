#include "redis/connection.h"

#include "redis/commands.h"
#include "util/utf8.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace optout::redis {
namespace {

constexpr std::size_t kLongestPassword = 4096;

// Bytes of replies read at a time. hiredis moves what is left of its buffer for every KiB it has
// parsed, so feeding it everything at once would take time quadratic in the size of the answer.
constexpr std::size_t kReadSize = std::size_t{16} << 10;

}  // namespace

Connection::Connection(RedisOptions options, std::unique_ptr<Transport> transport)
    : options_(std::move(options)), transport_(std::move(transport)) {}

Connection::~Connection() = default;

void Connection::close() noexcept {
  logged_in_ = false;
  reader_.reset();
  transport_->close();
}

Result<Done> Connection::open(Clock::time_point deadline) {
  close();
  reader_.emplace();
  auto connected = transport_->connect(deadline);
  auto result = connected ? log_in(deadline) : std::move(connected);
  if (!result) close();
  logged_in_ = static_cast<bool>(result);
  return result;
}

// Sent and answered before anything else is sent: a command that ran as the wrong user, or in the
// wrong database, could not be undone.
Result<Done> Connection::log_in(Clock::time_point deadline) {
  auto secret = password();
  if (!secret) return std::move(secret).error();
  const bool authenticate = !options_.user.empty() || !secret->empty();
  Commands commands;
  if (authenticate && options_.user.empty()) {
    commands.add({"AUTH", *secret});
  } else if (authenticate) {
    commands.add({"AUTH", options_.user, *secret});
  }
  if (options_.database != 0) commands.add({"SELECT", std::to_string(options_.database)});
  if (commands.empty()) return Done{};

  auto replies = exchange(commands.wire(), commands.count(), deadline);
  if (!replies) {
    return Error{replies.error().fault, "log in: " + std::move(replies).error().detail};
  }
  for (const Reply& reply : *replies) {
    if (!reply.is_error()) continue;
    const bool is_auth = authenticate && &reply == &replies->front();
    Fault fault = fault_of(reply.text());
    if (is_auth && fault == Fault::refused) fault = Fault::auth_failed;
    const std::string step = is_auth ? "AUTH" : fmt::format("SELECT {}", options_.database);
    return Error{fault, fmt::format("{}: {}", step, reply.text())};
  }
  return Done{};
}

Result<std::string> Connection::password() const {
  if (options_.password_file.empty()) return options_.password;
  const auto failure = [this](std::string_view why) {
    return Error{Fault::internal, fmt::format("password_file {}: {}", options_.password_file, why)};
  };
  const int fd =
      ::open(options_.password_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return failure(std::generic_category().message(errno));
  std::array<char, kLongestPassword + 5> buffer;  // a byte order mark, a newline, one too many
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  const int error = errno;
  ::close(fd);
  if (size < 0) return failure(std::generic_category().message(error));
  std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  text = without_byte_order_mark(text);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return failure("is empty");
  if (text.size() > kLongestPassword)
    return failure(fmt::format("holds more than {} bytes", kLongestPassword));
  return std::string(text);
}

// All is sent before anything is read. Redis reads on however much it has to say, so that cannot
// lock up; and if something between us does not, the deadline ends it.
Result<std::vector<Reply>> Connection::exchange(std::string_view wire, std::size_t count,
                                                Clock::time_point deadline) {
  received_ = 0;
  std::vector<Reply> replies;
  replies.reserve(count);
  auto result = transport_->write(wire, deadline);
  if (result) result = read_replies(count, deadline, replies);
  if (result) return replies;

  close();
  Error error = std::move(result).error();
  if (error.fault == Fault::closed && !replies.empty() && replies.back().is_error()) {
    // Such as "ERR max number of clients reached", said to the first command, whatever it was.
    error.detail += fmt::format(", after \"{}\"", replies.back().text());
  }
  return error;
}

Result<Done> Connection::read_replies(std::size_t count, Clock::time_point deadline,
                                      std::vector<Reply>& replies) {
  std::array<char, kReadSize> buffer;
  while (replies.size() < count) {
    const auto got = transport_->read(buffer, deadline);
    if (!got) return got.error();
    received_ += *got;
    if (received_ > kMostReplyBytes) {
      return Error{Fault::garbled,
                   fmt::format("read: more than {} bytes of replies", kMostReplyBytes)};
    }
    reader_->feed(std::span(buffer).first(*got));
    if (auto taken = reader_->take(count, replies); !taken) return taken;
  }
  return Done{};
}

}  // namespace optout::redis
