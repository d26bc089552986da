#include "metrics/server.h"

#include <fmt/format.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace optout {
namespace {

// A scrape or two at a time, and a person with curl.
constexpr std::size_t kMostCallers = 16;
constexpr unsigned kMostConnections = 2 * kMostCallers;  // with those that are being closed
constexpr unsigned kIdleSeconds = 10;
constexpr std::size_t kMostOctets = std::size_t{16} * 1024;  // of memory, for each connection

[[noreturn]] void fail(const SocketAddress& address, std::string_view problem) {
  throw std::runtime_error(fmt::format("metrics.listen: {}: {}",
                                       address.to_string().substr(sizeof("inet:") - 1), problem));
}

int open_port(const SocketAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  if (const int error = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
      error != 0) {
    fail(address, ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  if (fd >= 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (found->ai_family == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(fd, found->ai_addr, found->ai_addrlen) == 0 &&
        ::listen(fd, static_cast<int>(kMostCallers)) == 0) {
      return fd;
    }
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  fail(address, std::generic_category().message(error));
}

MHD_Result answer(MHD_Connection* connection, unsigned status, const char* header,
                  const char* value, std::string_view body) {
  MHD_Response* response = MHD_create_response_from_buffer(
      body.size(), const_cast<char*>(body.data()), MHD_RESPMEM_MUST_COPY);
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, header, value);
  const MHD_Result queued = MHD_queue_response(connection, status, response);
  MHD_destroy_response(response);
  return queued;
}

}  // namespace

class MetricsServer::Http {
public:
  // Serves callers of the listening socket, which stays the caller's: quiesce() before closing it.
  Http(int fd, const Page& page);
  ~Http() { MHD_stop_daemon(daemon_); }
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // Takes nobody new.
  void quiesce() noexcept { MHD_quiesce_daemon(daemon_); }

private:
  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url,
                               const char* method, const char* version, const char* upload,
                               std::size_t* upload_size, void** request) noexcept;
  static void on_connection(void* self, MHD_Connection* connection, void** context,
                            MHD_ConnectionNotificationCode what) noexcept;
  MHD_Result answer_page(MHD_Connection* connection) const noexcept;

  const Page& page_;
  std::deque<int> callers_;  // the sockets of those who may stay, oldest first; of the thread only
  MHD_Daemon* daemon_;       // last: the thread begins with it
};

MetricsServer::Http::Http(int fd, const Page& page) : page_(page) {
  daemon_ =
      MHD_start_daemon(MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, nullptr,
                       nullptr, &on_request, this, MHD_OPTION_LISTEN_SOCKET, fd,
                       MHD_OPTION_CONNECTION_LIMIT, kMostConnections, MHD_OPTION_CONNECTION_TIMEOUT,
                       kIdleSeconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMostOctets,
                       MHD_OPTION_NOTIFY_CONNECTION, &on_connection, this, MHD_OPTION_END);
  if (daemon_ == nullptr) throw std::runtime_error("metrics: libmicrohttpd does not start");
}

MHD_Result MetricsServer::Http::answer_page(MHD_Connection* connection) const noexcept {
  try {
    return answer(connection, MHD_HTTP_OK, MHD_HTTP_HEADER_CONTENT_TYPE,
                  "text/plain; version=0.0.4; charset=utf-8", page_());
  } catch (const std::exception&) {  // no memory
    return MHD_NO;                   // hangs up
  }
}

MHD_Result MetricsServer::Http::on_request(void* self, MHD_Connection* connection, const char* url,
                                           const char* method, const char*, const char*,
                                           std::size_t*, void**) noexcept {
  constexpr const char* kPlain = "text/plain; charset=utf-8";
  if (std::string_view(url) != "/metrics") {
    return answer(connection, MHD_HTTP_NOT_FOUND, MHD_HTTP_HEADER_CONTENT_TYPE, kPlain,
                  "there is nothing but /metrics\n");
  }
  const std::string_view wanted = method;
  if (wanted != MHD_HTTP_METHOD_GET && wanted != MHD_HTTP_METHOD_HEAD) {
    return answer(connection, MHD_HTTP_METHOD_NOT_ALLOWED, MHD_HTTP_HEADER_ALLOW, "GET, HEAD", "");
  }
  return static_cast<Http*>(self)->answer_page(connection);
}

void MetricsServer::Http::on_connection(void* self, MHD_Connection* connection, void**,
                                        MHD_ConnectionNotificationCode what) noexcept {
  auto& callers = static_cast<Http*>(self)->callers_;
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info == nullptr) return;
  try {
    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
      callers.erase(std::remove(callers.begin(), callers.end(), info->connect_fd), callers.end());
      return;
    }
    callers.push_back(info->connect_fd);
    if (callers.size() <= kMostCallers) return;
    ::shutdown(callers.front(), SHUT_RDWR);  // libmicrohttpd sees its end, and closes it
    callers.pop_front();
  } catch (const std::exception&) {  // no memory to remember it: then it may stay
  }
}

MetricsServer::MetricsServer(const SocketAddress& address, Page page)
    : page_(std::move(page)), fd_(open_port(address)) {}

MetricsServer::~MetricsServer() {
  stop_accepting();
}

std::string MetricsServer::address() const {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  char host[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&name), &length);
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&name), length, host, sizeof host, port,
                sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  if (name.ss_family == AF_INET6) return fmt::format("[{}]:{}", host, port);
  return fmt::format("{}:{}", host, port);
}

void MetricsServer::serve() {
  http_ = std::make_unique<Http>(fd_, page_);
}

void MetricsServer::stop_accepting() noexcept {
  if (fd_ < 0) return;
  if (http_) http_->quiesce();
  ::close(fd_);
  fd_ = -1;
}

}  // namespace optout
