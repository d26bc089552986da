#include "util/fault.h"

namespace optout {

std::string_view to_string(Fault fault) noexcept {
  switch (fault) {
    case Fault::unreachable:
      return "unreachable";
    case Fault::timeout:
      return "timeout";
    case Fault::closed:
      return "closed";
    case Fault::garbled:
      return "garbled";
    case Fault::backing_off:
      return "backing_off";
    case Fault::loading:
      return "loading";
    case Fault::busy:
      return "busy";
    case Fault::read_only:
      return "read_only";
    case Fault::out_of_memory:
      return "out_of_memory";
    case Fault::not_persisting:
      return "not_persisting";
    case Fault::auth_required:
      return "auth_required";
    case Fault::auth_failed:
      return "auth_failed";
    case Fault::no_permission:
      return "no_permission";
    case Fault::wrong_type:
      return "wrong_type";
    case Fault::redirected:
      return "redirected";
    case Fault::master_down:
      return "master_down";
    case Fault::refused:
      return "refused";
    case Fault::schema_missing:
      return "schema_missing";
    case Fault::schema_foreign:
      return "schema_foreign";
    case Fault::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace optout
