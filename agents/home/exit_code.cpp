#include "agents/home/exit_code.hpp"

namespace tocsin::agents {

int exit_code_of(Errc code) {
  switch (code) {
    case Errc::usage: return 2;
    case Errc::refused:
    case Errc::marking:
    case Errc::unauthenticated:
    case Errc::fork: return 4;
    case Errc::unreachable:
    case Errc::timeout:
    case Errc::closed: return 5;
    case Errc::invalid:
    case Errc::not_found:
    case Errc::io:
    case Errc::full:
    case Errc::too_large:
    case Errc::duplicate:
    case Errc::expired:
    case Errc::unsupported:
    case Errc::corrupt: return 1;
  }
  panic("error code without an exit code", __FILE__, __LINE__);
}

}  // namespace tocsin::agents
