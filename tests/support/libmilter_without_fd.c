/* libmilter as other distributions build it: it knows no ready-made socket ("fd:N"). Put before the real one by
 * LD_PRELOAD, for tests of what the daemon does then. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#define MI_FAILURE (-1)

static int asked_for_fd;

int smfi_setconn(char *name)
{
  asked_for_fd = strncmp(name, "fd:", 3) == 0;
  return ((int (*)(char *))dlsym(RTLD_NEXT, "smfi_setconn"))(name);
}

int smfi_opensocket(_Bool remove)
{
  if (asked_for_fd) return MI_FAILURE;
  return ((int (*)(_Bool))dlsym(RTLD_NEXT, "smfi_opensocket"))(remove);
}
