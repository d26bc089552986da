// optoutctl: the program. Whatever goes wrong ends here as one sentence and an exit code of
// sysexits.h.

#include "log/log.h"
#include "optoutctl/command_line.h"
#include "optoutctl/trouble.h"

#include <fmt/format.h>
#include <poll.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

namespace {

void complain(std::string_view sentence) {
  fmt::print(stderr, "optoutctl: {}\n", sentence);
}

int run(int argc, char** argv) {
  try {
    return optout::run_command_line(argc, argv);
  } catch (const optout::Trouble& trouble) {
    std::fflush(stdout);
    complain(trouble.what());
    return trouble.exit_code();
  } catch (const std::bad_alloc&) {
    complain("not enough memory");
    return EX_OSERR;
  } catch (const std::exception& error) {
    complain(fmt::format("this should not have happened, please report it: {}",
                         optout::log::escaped(error.what())));
    return EX_SOFTWARE;
  }
}

// It takes no more of what is written, which the C library may have found out long ago.
bool reader_is_gone() {
  pollfd output{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

}  // namespace

int main(int argc, char** argv) {
  // The rooms below log for a daemon; here every failure is told once, by its own sentence.
  optout::log::open({.destination = optout::LogDestination::syslog}, false);
  ::setlogmask(LOG_MASK(LOG_EMERG));
  // With a reader that has gone away ("optoutctl add … | head -1") the work is still done.
  std::signal(SIGPIPE, SIG_IGN);
  const int exit_code = run(argc, argv);
  errno = 0;
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    if (errno != EPIPE && !reader_is_gone()) {
      const std::string why = errno != 0 ? std::generic_category().message(errno) : "output error";
      complain("cannot write the results: " + why);
    }
    return exit_code == 0 ? EX_IOERR : exit_code;
  }
  return exit_code;
}
