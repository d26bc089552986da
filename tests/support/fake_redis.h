// A Redis that misbehaves on cue, for what no real one can be made to do: garbage, half a reply, a
// hang-up.
//
//   FakeRedis redis({{receive(1), send("$100\r\nhalf")}, {receive(1), hang_up()}});
//
// plays the first list of steps to the first connection, the second to the second; the last one is
// played to every further connection. After its last step a connection stays open and silent until
// the client closes.
//
// Threads: one for accepting and one for each connection; the methods may be called from any
// thread.

#pragma once

#include "support/temp_dir.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace optout::test {

using Words = std::vector<std::string>;

struct Receive {
  std::size_t commands;
};
struct Send {
  std::string bytes;
  std::chrono::milliseconds pause_after_each_byte{0};
};
struct AnswerAll {
  std::function<std::string(const Words& command)> reply;
};
struct Stall {};
struct HangUp {};
using Step = std::variant<Receive, Send, AnswerAll, Stall, HangUp>;

inline Step receive(std::size_t commands) {
  return Receive{commands};
}  // waits for so many more
inline Step send(std::string bytes) {
  return Send{std::move(bytes)};
}
inline Step trickle(std::string bytes, std::chrono::milliseconds pause) {
  return Send{std::move(bytes), pause};
}
// Answers every further command with what `reply` returns, in RESP2.
inline Step answer_all(std::function<std::string(const Words& command)> reply) {
  return AnswerAll{std::move(reply)};
}
inline Step stall() {
  return Stall{};
}  // goes on at FakeRedis::release()
inline Step hang_up() {
  return HangUp{};
}

class FakeRedis {
public:
  explicit FakeRedis(std::vector<std::vector<Step>> scripts);
  ~FakeRedis();
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  std::string socket() const { return directory_ / "fake.sock"; }
  std::string url() const { return "unix:" + socket(); }

  std::size_t connections() const noexcept { return connections_; }  // accepted so far
  std::vector<Words> commands() const;                 // received so far, on all of them
  std::size_t sent() const noexcept { return sent_; }  // send() steps done so far
  void release();  // lets every connection go on that is in stall() now or ever will be

private:
  class Session;

  void accept_all();
  void play(int fd, const std::vector<Step>& script);

  TempDir directory_;
  const std::vector<std::vector<Step>> scripts_;
  int listener_ = -1;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> sent_ = 0;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool released_ = false;
  bool ending_ = false;
  std::vector<Words> commands_;
  std::vector<int> sockets_;
  std::vector<std::thread> sessions_;
  std::thread acceptor_;
};

}  // namespace optout::test
