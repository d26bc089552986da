// A libmilter program that does nothing: the limit that no milter built on libmilter can pass.
//
// It registers RCPT and end of message, the two steps no recipient filter can do without, and
// answers both with "continue". The benchmark divides by what it measures here.

#include <libmilter/mfapi.h>

#include <cstdio>

extern "C" {

static sfsistat on_envrcpt(SMFICTX*, char**) {
  return SMFIS_CONTINUE;
}
static sfsistat on_eom(SMFICTX*) {
  return SMFIS_CONTINUE;
}

}  // extern "C"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: null_milter SOCKET, as libmilter spells it: unix:/path or inet:port@host\n",
               stderr);
    return 64;
  }
  static char name[] = "null_milter";
  smfiDesc description{};
  description.xxfi_name = name;
  description.xxfi_version = SMFI_VERSION;
  description.xxfi_envrcpt = on_envrcpt;
  description.xxfi_eom = on_eom;
  if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(description) != MI_SUCCESS) {
    std::fprintf(stderr, "null_milter: cannot listen on %s\n", argv[1]);
    return 69;
  }
  return smfi_main() == MI_SUCCESS ? 0 : 69;
}
