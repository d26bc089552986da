// Reading ahead: what comes out is what was sent, whoever asks in what portions, and nobody is left
// waiting for bytes that are there. And edits are written with the last word about a message. This
// program is linked with session/read_ahead.cpp, so accept, read, poll, writev and close are its.

#include <boost/test/unit_test.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace optout {
namespace {

// A connection accepted from a socket of our own: `there` is the MTA's end, `here` the milter's.
struct Connection {
  int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int there = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int here = -1;

  Connection() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    BOOST_REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)) ==
                  0);
    BOOST_REQUIRE(::listen(listener, 1) == 0);
    socklen_t length = sizeof address;
    BOOST_REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    BOOST_REQUIRE(::connect(there, reinterpret_cast<sockaddr*>(&address), length) == 0);
    here = ::accept(listener, nullptr, nullptr);
    BOOST_REQUIRE(here >= 0);
  }
  ~Connection() {
    for (const int fd : {listener, there, here})
      ::close(fd);
  }

  void send(const std::string& bytes) const {
    BOOST_REQUIRE(::write(there, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  std::string read(std::size_t size) const {
    std::string bytes(size, '\0');
    const ssize_t got = ::read(here, bytes.data(), size);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  bool readable(int fd) const {
    pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLIN) != 0;
  }
  // A packet as libmilter writes it.
  void say(char letter, std::string payload) const {
    const auto size = static_cast<unsigned char>(payload.size() + 1);
    std::array<char, 5> head{0, 0, 0, static_cast<char>(size), letter};
    const std::array<iovec, 2> parts{
        {{head.data(), head.size()}, {payload.data(), payload.size()}}};
    const int count = payload.empty() ? 1 : 2;
    BOOST_TEST(::writev(here, parts.data(), count) ==
               static_cast<ssize_t>(head.size() + payload.size()));
  }
  // What the MTA has got so far.
  std::string heard() const {
    std::string bytes(4096, '\0');
    const ssize_t got = ::recv(there, bytes.data(), bytes.size(), MSG_DONTWAIT);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }
  // Whether the kernel still holds bytes for us: if not, they were read ahead.
  bool left_in_kernel() const {
    char byte = 0;
    return ::recv(here, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(read_ahead)

BOOST_FIXTURE_TEST_CASE(bytes_come_out_as_they_were_sent_in_any_portions, Connection) {
  send("0123456789");
  BOOST_TEST(readable(here));
  BOOST_TEST(read(4) == "0123");
  BOOST_TEST(!left_in_kernel());
  BOOST_TEST(readable(here));
  BOOST_TEST(read(1) == "4");
  BOOST_TEST(read(100) == "56789");
  BOOST_TEST(!readable(here));
  send("more");
  BOOST_TEST(readable(here));
  BOOST_TEST(read(4) == "more");
}

BOOST_FIXTURE_TEST_CASE(a_socket_that_nobody_polled_is_not_read_ahead, Connection) {
  send("0123456789");
  BOOST_TEST(read(4) == "0123");
  BOOST_TEST(left_in_kernel());
}

BOOST_FIXTURE_TEST_CASE(long_reads_go_straight_through, Connection) {
  const std::string body(20'000, 'b');
  send("head" + body);
  BOOST_TEST(readable(here));
  std::string got = read(4);
  BOOST_TEST(got == "head");
  got.clear();
  while (got.size() < body.size())
    got += read(body.size() - got.size());
  BOOST_TEST((got == body));
}

BOOST_FIXTURE_TEST_CASE(the_end_is_seen_after_the_last_byte, Connection) {
  send("last");
  ::shutdown(there, SHUT_WR);
  BOOST_TEST(readable(here));
  BOOST_TEST(read(1) == "l");
  BOOST_TEST(read(3) == "ast");
  BOOST_TEST(readable(here));
  BOOST_TEST(read(1) == "");
}

BOOST_AUTO_TEST_CASE(of_many_sockets_both_kinds_of_ready_are_reported) {
  const Connection ahead;
  const Connection waiting;
  const Connection idle;
  ahead.send("ab");
  BOOST_TEST(ahead.readable(ahead.here));
  BOOST_TEST(ahead.read(1) == "a");
  waiting.send("x");
  std::array<pollfd, 3> asked{
      {{ahead.here, POLLIN, 0}, {waiting.here, POLLIN, 0}, {idle.here, POLLIN, 0}}};
  BOOST_TEST(::poll(asked.data(), asked.size(), 60'000) == 2);
  BOOST_TEST(asked[0].revents == POLLIN);
  BOOST_TEST(asked[1].revents == POLLIN);
  BOOST_TEST(asked[2].revents == 0);
}

BOOST_AUTO_TEST_CASE(a_new_connection_never_gets_the_bytes_of_an_old_one) {
  int number = -1;
  {
    const Connection old;
    old.send("secret");
    BOOST_TEST(old.readable(old.here));
    BOOST_TEST(old.read(1) == "s");
    number = old.here;
  }
  const Connection fresh;
  fresh.send("new");
  BOOST_TEST(fresh.readable(fresh.here));
  BOOST_TEST(fresh.read(3) == "new");
  BOOST_TEST_MESSAGE("descriptor " << number << ", then " << fresh.here);
}

BOOST_FIXTURE_TEST_CASE(edits_travel_with_the_last_word_and_in_order, Connection) {
  using std::string_literals::operator""s;
  readable(here);  // as libmilter does before it reads anything
  say('m', "a");
  say('h', "b");
  say('-', "c");
  say('q', "d");
  BOOST_TEST(heard().empty());
  say('c', "");
  BOOST_TEST((heard() == "\0\0\0\2ma\0\0\0\2hb\0\0\0\2-c\0\0\0\2qd\0\0\0\1c"s));
  say('c', "");  // nothing is left over
  BOOST_TEST((heard() == "\0\0\0\1c"s));
}

BOOST_AUTO_TEST_CASE(edits_of_a_connection_that_ended_are_never_written_to_another) {
  {
    const Connection old;
    static_cast<void>(old.readable(old.here));
    old.say('h', "secret");
  }
  const Connection fresh;
  static_cast<void>(fresh.readable(fresh.here));
  fresh.say('c', "");
  BOOST_TEST(fresh.heard().size() == 5U);
}

BOOST_FIXTURE_TEST_CASE(a_full_socket_is_waited_for_as_long_as_the_writer_would_have, Connection) {
  readable(here);
  pollfd room{.fd = here, .events = POLLOUT, .revents = 0};
  BOOST_TEST(::poll(&room, 1, 1) == 1);
  std::string bytes(4096, 'x');
  const iovec part{bytes.data(), bytes.size()};
  std::size_t written = 0;
  ssize_t now = 0;
  while ((now = ::writev(here, &part, 1)) > 0)
    written += static_cast<std::size_t>(now);
  const int why = errno;
  BOOST_TEST(why == ETIMEDOUT);
  while (written > 0) {
    const std::size_t got = heard().size();
    BOOST_REQUIRE(got > 0U);
    written -= got;
  }
  BOOST_TEST(::poll(&room, 1, 1) == 1);
  BOOST_TEST(::writev(here, &part, 1) == static_cast<ssize_t>(part.iov_len));
  BOOST_TEST((heard() == bytes));
}

BOOST_FIXTURE_TEST_CASE(whoever_writes_to_nobody_is_told, Connection) {
  readable(here);
  ::shutdown(there, SHUT_RDWR);
  pollfd room{.fd = here, .events = POLLOUT, .revents = 0};
  BOOST_TEST(::poll(&room, 1, 1) == 1);
  char byte = 'c';
  const iovec part{&byte, 1};
  const ssize_t written = ::writev(here, &part, 1);
  const int why = errno;
  BOOST_TEST(written == -1);
  BOOST_TEST(why == EPIPE);
}

BOOST_FIXTURE_TEST_CASE(other_descriptors_are_left_alone, Connection) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  BOOST_TEST(::write(ends[1], "abc", 3) == 3);
  BOOST_TEST(readable(ends[0]));
  char byte = 0;
  BOOST_TEST(::read(ends[0], &byte, 1) == 1);
  BOOST_TEST(readable(ends[0]));
  ::close(ends[0]);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
