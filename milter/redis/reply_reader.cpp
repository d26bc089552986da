#include "redis/reply_reader.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <exception>
#include <new>
#include <string>
#include <utility>

namespace optout::redis {
namespace {

// Where the reply of this task belongs: in the array around it, or it is the whole of one.
void* put(const redisReadTask* task, Reply reply) {
  if (task->parent != nullptr)
    return &static_cast<Reply*>(task->parent->obj)->append(std::move(reply));
  auto* const whole = static_cast<Reply*>(task->privdata);
  *whole = std::move(reply);
  return whole;
}

// hiredis takes a null pointer for "out of memory", and says so.
template <typename Make>
void* built(const redisReadTask* task, Make make) noexcept {
  try {
    return put(task, make());
  } catch (const std::exception&) {
    return nullptr;
  }
}

void* build_text(const redisReadTask* task, const char* text, std::size_t size) noexcept {
  const auto kind = task->type == REDIS_REPLY_ERROR ? Reply::Kind::error : Reply::Kind::string;
  return built(task, [&] { return Reply(kind, std::string(text, size)); });
}

// Redis' answers to us are two deep. hiredis since 1.0 follows any number, each taking memory, and
// stack in the end.
bool is_too_deep(const redisReadTask* task) noexcept {
  constexpr unsigned kDeepest = 7;
  unsigned depth = 0;
  for (; task->parent != nullptr; task = task->parent)
    ++depth;
  return depth > kDeepest;
}

// Whoever announces more elements than he sends gets no memory for them.
void* build_array(const redisReadTask* task, std::size_t announced) noexcept {
  if (is_too_deep(task)) return nullptr;
  return built(task, [&] {
    std::vector<Reply> elements;
    elements.reserve(std::min<std::size_t>(announced, 1'000));
    return Reply(std::move(elements));
  });
}

// Versions differ in the type of a number of elements; since 1.0 there are types of RESP3, which
// nobody has asked for. All of it is a template so that only what there is gets compiled.
template <typename Functions>
Functions functions_of_ours() noexcept {
  Functions ours{};
  ours.createString = [](const redisReadTask* task, char* text, std::size_t size) -> void* {
    return build_text(task, text, size);
  };
  ours.createArray = [](const redisReadTask* task, auto elements) -> void* {
    return build_array(task, static_cast<std::size_t>(elements));
  };
  ours.createInteger = [](const redisReadTask* task, long long number) -> void* {
    return built(task, [&] { return Reply(std::int64_t{number}); });
  };
  ours.createNil = [](const redisReadTask* task) -> void* {
    return built(task, [] { return Reply(); });
  };
  if constexpr (requires { ours.createDouble; }) {
    ours.createDouble = [](const redisReadTask* task, double, char* text,
                           std::size_t size) -> void* { return build_text(task, text, size); };
    ours.createBool = [](const redisReadTask* task, int value) -> void* {
      return built(task, [&] { return Reply(std::int64_t{value}); });
    };
  }
  ours.freeObject = [](void*) {};  // all are in current_
  return ours;
}

redisReplyObjectFunctions functions = functions_of_ours<redisReplyObjectFunctions>();

}  // namespace

ReplyReader::ReplyReader() : reader_(redisReaderCreateWithFunctions(&functions)) {
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &current_;
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::Free::operator()(redisReader* reader) const noexcept {
  redisReaderFree(reader);
}

void ReplyReader::feed(std::span<const char> octets) {
  if (redisReaderFeed(reader_.get(), octets.data(), octets.size()) != REDIS_OK)
    throw std::bad_alloc();
}

Result<Done> ReplyReader::take(std::size_t count, std::vector<Reply>& replies) {
  const redisReader& reader = *reader_;
  while (replies.size() < count) {
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK)
      return Error{Fault::garbled, fmt::format("read: {}", reader.errstr)};
    if (whole == nullptr) return Done{};
    replies.push_back(std::exchange(current_, Reply()));
  }
  if (reader.pos < reader.len) {
    return Error{Fault::garbled,
                 fmt::format("read: {} bytes more than the answer", reader.len - reader.pos)};
  }
  return Done{};
}

}  // namespace optout::redis
