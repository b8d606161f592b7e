#include "crypto/result.hpp"

#include <cstdio>
#include <cstdlib>

namespace tocsin {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::usage: return "usage";
    case Errc::invalid: return "invalid";
    case Errc::not_found: return "not_found";
    case Errc::io: return "io";
    case Errc::full: return "full";
    case Errc::too_large: return "too_large";
    case Errc::duplicate: return "duplicate";
    case Errc::fork: return "fork";
    case Errc::unauthenticated: return "unauthenticated";
    case Errc::refused: return "refused";
    case Errc::marking: return "marking";
    case Errc::expired: return "expired";
    case Errc::unreachable: return "unreachable";
    case Errc::timeout: return "timeout";
    case Errc::closed: return "closed";
    case Errc::unsupported: return "unsupported";
    case Errc::corrupt: return "corrupt";
  }
  panic("unnamed error code", __FILE__, __LINE__);
}

std::unexpected<Error> within(std::string_view where, Error error) {
  // An error that names its place already does not name it twice.
  const bool named = error.message.starts_with(where) &&
                     std::string_view(error.message).substr(where.size()).starts_with(": ");
  if (!named) error.message = fmt::format("{}: {}", where, error.message);
  return std::unexpected(std::move(error));
}

Error hinted(Error error, std::string_view hint) {
  if (error.hint.empty()) error.hint = hint;
  return error;
}

void panic(std::string_view what, const char* file, int line) {
  fmt::print(stderr, "tocsin: bug: {} at {}:{}\n", what, file, line);
  std::abort();
}

}  // namespace tocsin
