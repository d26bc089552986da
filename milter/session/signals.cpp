// Keeps libmilter's hands off our signals.
//
// smfi_main() starts a thread that waits for HUP, TERM and INT with sigwait(3), and stops the
// milter on any of them: HUP would end us instead of reloading, TERM would cut off messages in
// progress. libmilter calls sigwait through the dynamic linker, which finds this definition in the
// executable first: its thread waits here for ever, and the daemon's main thread, with
// sigwaitinfo(2), is the only one that ever receives a signal.

#include <signal.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) int sigwait(const sigset_t*, int*) {
  for (;;)
    ::pause();
}
