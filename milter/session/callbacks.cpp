#include "session/callbacks.h"

#include "log/log.h"
#include "message/replies.h"
#include "session/liveness.h"
#include "session/session.h"

#include <libmilter/mfapi.h>

#include <exception>
#include <stdexcept>
#include <string>

namespace optout {
namespace {

// What the callbacks stand on; constant once register_callbacks() has returned. libmilter hands
// callbacks nothing but the connection's context, so this has to be reachable from everywhere in
// this file.
struct Ground {
  const CurrentSnapshot* snapshot = nullptr;
  Activity* activity = nullptr;
  ContentWatch* content_watch = nullptr;
  Negotiation negotiation;
};
Ground ground;

// Every edit that some stream may ask for after a reload.
constexpr unsigned long kEdits = SMFIF_DELRCPT | SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE;

class LibmilterMta final : public Mta {
public:
  explicit LibmilterMta(SMFICTX* context) : context_(context) {}

  std::string_view macro(const char* name) override {
    const char* value = smfi_getsymval(context_, const_cast<char*>(name));
    return value == nullptr ? std::string_view() : value;
  }

  bool delete_recipient(const std::string& as_given) override {
    return smfi_delrcpt(context_, const_cast<char*>(as_given.c_str())) == MI_SUCCESS;
  }

  bool add_header(const char* name, const std::string& value) override {
    return smfi_addheader(context_, const_cast<char*>(name), const_cast<char*>(value.c_str())) ==
           MI_SUCCESS;
  }

  bool remove_header(const char* name, unsigned index) override {
    return smfi_chgheader(context_, const_cast<char*>(name), static_cast<int>(index), nullptr) ==
           MI_SUCCESS;
  }

  bool hold(const std::string& reason) override {
    return smfi_quarantine(context_, const_cast<char*>(reason.c_str())) == MI_SUCCESS;
  }

private:
  SMFICTX* context_;
};

sfsistat to_libmilter(SMFICTX* context, const Reply& reply) {
  switch (reply.kind()) {
    case Reply::Kind::proceed:
      return SMFIS_CONTINUE;
    case Reply::Kind::accept:
      return SMFIS_ACCEPT;
    case Reply::Kind::discard:
      return SMFIS_DISCARD;
    case Reply::Kind::transient:
    case Reply::Kind::permanent:
      break;
  }
  std::string code = reply.code();
  std::string enhanced = reply.enhanced();
  std::string text = reply.text_for_libmilter();
  if (smfi_setreply(context, code.data(), enhanced.data(), text.data()) != MI_SUCCESS) {
    log::error("libmilter refused the reply " + log::escaped(reply.to_string()));
  }
  return reply.kind() == Reply::Kind::transient ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

Session* session_of(SMFICTX* context) {
  return static_cast<Session*>(smfi_getpriv(context));
}

void tell(const char* stage, const char* problem) noexcept {
  try {
    log::error(std::string(stage) + ": " + log::escaped(problem));
  } catch (...) {  // no memory even for the line: the mail is deferred all the same
  }
}

// libmilter is C, so nothing may be thrown through it. Whatever escapes a callback is logged and
// becomes a temporary failure: the sender keeps the message and tries again, which is the one
// outcome that can be undone.
template <typename Callback>
sfsistat answered(SMFICTX* context, const char* stage, Callback callback) noexcept {
  try {
    if (Session* session = session_of(context)) {
      LibmilterMta mta(context);
      return to_libmilter(context, callback(*session, mta));
    }
    tell(stage, "no session");
  } catch (const std::exception& e) {
    tell(stage, e.what());
  }
  try {
    return to_libmilter(context, replies::internal_error());
  } catch (...) {
    return SMFIS_TEMPFAIL;
  }
}

// The same for a step negotiated to have no reply: there the failure is kept until a step that has
// one.
template <typename Callback>
sfsistat unanswered(SMFICTX* context, const char* stage, Callback callback) noexcept {
  Session* session = session_of(context);
  if (session == nullptr) return SMFIS_NOREPLY;  // the next answered step says so
  try {
    LibmilterMta mta(context);
    callback(*session, mta);
  } catch (const std::exception& e) {
    tell(stage, e.what());
    session->spoil();
  }
  return SMFIS_NOREPLY;
}

}  // namespace

extern "C" {

static sfsistat on_negotiate(SMFICTX* context, unsigned long actions_offered, unsigned long,
                             unsigned long, unsigned long, unsigned long* actions,
                             unsigned long* steps, unsigned long* unused2, unsigned long* unused3) {
  const Negotiation& wanted = ground.negotiation;
  if (actions_offered == kActionsOfOwnCall) {  // to see whether we answer, which this does
    *actions = *unused2 = *unused3 = 0;
    return SMFIS_CONTINUE;
  }
  *actions = actions_offered & (kEdits | SMFIF_SETSYMLIST);
  // What libmilter proposes leaves out every callback that is not registered. The NR bits may
  // always be set: where an MTA does not know them, libmilter sends the reply for us.
  *steps |= SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_EOH;
  if (!wanted.recipients_answered) *steps |= SMFIP_NR_RCPT;
  if (!wanted.data_answered) *steps |= SMFIP_NR_DATA;
  *unused2 = 0;
  *unused3 = 0;
  if ((actions_offered & SMFIF_SETSYMLIST) != 0) {
    // Only what is read: every macro costs the MTA bytes at every step.
    const auto ask_for = [&](int stage, const char* macros) {
      smfi_setsymlist(context, stage, const_cast<char*>(macros));
    };
    ask_for(SMFIM_CONNECT, "{daemon_port} {daemon_name} {client_addr}");
    ask_for(SMFIM_ENVFROM, "i {auth_authen}");
    ask_for(SMFIM_ENVRCPT, "i {rcpt_addr}");
    ask_for(SMFIM_DATA, "i");
    ask_for(SMFIM_EOM, "i");
  }
  try {
    delete session_of(
        context);  // a second negotiation on one connection: only a rude peer does that
    smfi_setpriv(context, nullptr);
    auto session = std::make_unique<Session>(*ground.snapshot, *ground.activity,
                                             *ground.content_watch, wanted.recipients_answered);
    if (smfi_setpriv(context, session.get()) == MI_SUCCESS) static_cast<void>(session.release());
  } catch (const std::exception& e) {
    tell("negotiate", e.what());
  }
  return SMFIS_CONTINUE;
}

static sfsistat on_envfrom(SMFICTX* context, char** argv) {
  return unanswered(context, "MAIL",
                    [&](Session& session, Mta& mta) { session.mail(argv[0], mta); });
}

static sfsistat on_envrcpt(SMFICTX* context, char** argv) {
  if (ground.negotiation.recipients_answered) {
    return answered(context, "RCPT",
                    [&](Session& session, Mta& mta) { return session.recipient(argv[0], mta); });
  }
  return unanswered(context, "RCPT",
                    [&](Session& session, Mta& mta) { session.recipient(argv[0], mta); });
}

static sfsistat on_data(SMFICTX* context) {
  if (ground.negotiation.data_answered) {
    return answered(context, "DATA", [](Session& session, Mta& mta) { return session.data(mta); });
  }
  return unanswered(context, "DATA", [](Session& session, Mta&) { session.content_follows(); });
}

static sfsistat on_header(SMFICTX* context, char* name, char* value) {
  return unanswered(context, "header",
                    [&](Session& session, Mta&) { session.header(name, value); });
}

// Only because a message may have no header at all: libmilter knows no way from DATA to the end of
// the message but over a header field or this, and leaves the MTA waiting.
static sfsistat on_eoh(SMFICTX*) {
  return SMFIS_NOREPLY;
}

static sfsistat on_eom(SMFICTX* context) {
  return answered(context, "end of message",
                  [](Session& session, Mta& mta) { return session.end_of_message(mta); });
}

static sfsistat on_abort(SMFICTX* context) {
  try {
    LibmilterMta mta(context);
    if (Session* session = session_of(context)) session->abort(mta);
  } catch (const std::exception& e) {
    tell("abort", e.what());
  }
  return SMFIS_CONTINUE;
}

// May be called with a lock of libmilter's held, for a connection that timed out: it must never
// block.
static sfsistat on_close(SMFICTX* context) {
  on_abort(context);  // which MTAs leave out before they hang up
  delete session_of(context);
  smfi_setpriv(context, nullptr);
  return SMFIS_CONTINUE;
}

}  // extern "C"

void register_callbacks(const CurrentSnapshot& snapshot, Activity& activity,
                        ContentWatch& content_watch, const Negotiation& negotiation) {
  ground = {.snapshot = &snapshot,
            .activity = &activity,
            .content_watch = &content_watch,
            .negotiation = negotiation};
  static char name[] = "optout-milter";
  smfiDesc description{};
  description.xxfi_name = name;
  description.xxfi_version = SMFI_VERSION;
  description.xxfi_flags = kEdits;
  description.xxfi_envfrom = on_envfrom;
  description.xxfi_envrcpt = on_envrcpt;
  description.xxfi_data = on_data;
  description.xxfi_header = on_header;
  description.xxfi_eoh = on_eoh;
  description.xxfi_eom = on_eom;
  description.xxfi_abort = on_abort;
  description.xxfi_close = on_close;
  description.xxfi_negotiate = on_negotiate;
  if (smfi_register(description) != MI_SUCCESS)
    throw std::runtime_error("libmilter: smfi_register failed");
}

}  // namespace optout
