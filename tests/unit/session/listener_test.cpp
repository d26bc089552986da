// Our listening socket: mode, stale and live ones told apart, never somebody else's file removed.

#include "session/listener.h"

#include "support/process.h"
#include "support/temp_dir.h"

#include <boost/test/unit_test.hpp>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

namespace optout {
namespace {

struct Directory {
  test::TempDir directory;
  ListenOptions options{
      .address = {.path = directory / "m.sock", .host = {}, .port = 0}, .mode = 0660, .group = {}};
  std::filesystem::path file{options.address.path};

  bool can_connect() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<char*>(address.sun_path), options.address.path.data(),
                options.address.path.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return connected;
  }
};

// What a crash leaves behind: a socket file that nobody serves.
void leave_stale_socket(const ListenOptions& options) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), options.address.path.data(),
              options.address.path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(fd);
}

bool says(const std::exception& e, std::string_view words) {
  return std::string_view(e.what()).find(words) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listener)

BOOST_FIXTURE_TEST_CASE(the_socket_has_the_mode_that_was_asked_for_whatever_the_umask, Directory) {
  const mode_t before = ::umask(0077);
  const Listener listener(options);
  listener.listen();
  ::umask(before);
  struct stat made {};
  BOOST_REQUIRE(::stat(file.c_str(), &made) == 0);
  BOOST_TEST((made.st_mode & 0777u) == 0660u);
  BOOST_TEST(can_connect());
}

BOOST_FIXTURE_TEST_CASE(a_stale_socket_is_replaced, Directory) {
  leave_stale_socket(options);
  BOOST_TEST(!can_connect());
  const Listener listener(options);
  listener.listen();
  BOOST_TEST(can_connect());
}

BOOST_FIXTURE_TEST_CASE(a_live_socket_is_left_to_who_serves_it, Directory) {
  const Listener first(options);
  first.listen();
  BOOST_CHECK_EXCEPTION(Listener{options}, std::runtime_error,
                        [](const auto& e) { return says(e, "another instance is serving there"); });
  BOOST_TEST(can_connect());
}

BOOST_FIXTURE_TEST_CASE(what_is_no_socket_is_left_alone, Directory) {
  std::ofstream(file) << "precious";
  BOOST_CHECK_EXCEPTION(Listener{options}, std::runtime_error,
                        [](const auto& e) { return says(e, "no socket"); });
  BOOST_TEST(std::filesystem::file_size(file) == 8u);
}

BOOST_FIXTURE_TEST_CASE(a_start_that_fails_leaves_nothing_in_the_way_of_the_next, Directory) {
  if (::geteuid() == 0) {
    options.group = "daemon";
    options.mode = 0660;
    BOOST_REQUIRE(::seteuid(65534) == 0);  // may neither bind here nor give files away
    BOOST_CHECK_THROW(Listener{options}, std::runtime_error);
    BOOST_REQUIRE(::seteuid(0) == 0);
  }
  BOOST_TEST(!std::filesystem::exists(file));
  const Listener listener(options);
  listener.listen();
  BOOST_TEST(can_connect());
}

BOOST_FIXTURE_TEST_CASE(an_unknown_group_is_said_before_anything_is_touched, Directory) {
  options.group = "no-such-group-here";
  BOOST_CHECK_EXCEPTION(Listener{options}, std::runtime_error,
                        [](const auto& e) { return says(e, "no-such-group-here"); });
  BOOST_TEST(!std::filesystem::exists(file));
}

BOOST_FIXTURE_TEST_CASE(the_file_goes_with_the_listener_but_never_a_successors, Directory) {
  auto old = std::make_unique<Listener>(options);
  old->listen();
  std::filesystem::remove(file);  // as an administrator's script might
  const Listener successor(options);
  successor.listen();
  old.reset();
  BOOST_TEST(can_connect());
}

BOOST_FIXTURE_TEST_CASE(the_socket_goes_to_the_group_that_was_asked_for, Directory) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("skipped: only root can give files to any group");
    return;
  }
  options.group = "daemon";
  const Listener listener(options);
  listener.listen();
  struct stat made {};
  BOOST_REQUIRE(::stat(file.c_str(), &made) == 0);
  BOOST_TEST(made.st_gid == ::getgrnam("daemon")->gr_gid);
}

BOOST_FIXTURE_TEST_CASE(tcp_connections_send_small_replies_at_once, Directory) {
  options.address = {.path = {}, .host = "127.0.0.1", .port = test::free_port()};
  const Listener listener(options);
  listener.listen();
  // As libmilter gets them: by accept(2) from the listening socket, which is our highest
  // descriptor.
  const int there = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int listening = there - 1;
  sockaddr_in address{};
  socklen_t length = sizeof address;
  BOOST_REQUIRE(::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  BOOST_REQUIRE(::connect(there, reinterpret_cast<sockaddr*>(&address), length) == 0);
  const int here = ::accept(listening, nullptr, nullptr);
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  BOOST_REQUIRE(::getsockopt(here, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  BOOST_TEST(no_delay != 0);
  ::close(here);
  ::close(there);
}

BOOST_FIXTURE_TEST_CASE(a_tcp_port_in_use_is_said, Directory) {
  options.address = {.path = {}, .host = "127.0.0.1", .port = test::free_port()};
  const Listener first(options);
  first.listen();
  BOOST_CHECK_EXCEPTION(Listener{options}, std::runtime_error,
                        [](const auto& e) { return says(e, "bind"); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace optout
