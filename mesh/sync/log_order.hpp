// Which logs go before which, wherever there is a choice.
#pragma once

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Scopes, certificates and revocations come before what needs them, alarms before bulk. Smaller
/// goes first.
constexpr int rank(LogClass log_class) {
  switch (log_class) {
    case LogClass::control: return 0;
    case LogClass::urgent: return 1;
    case LogClass::case_: return 2;
    case LogClass::indicator: return 3;
  }
  return 4;
}

}  // namespace tocsin::mesh
