// Carries a value or the reason why there is none, so that every error reaches a caller.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace tocsin {

/// Why something did not happen. The command maps these to its exit codes.
enum class Errc {
  usage,            ///< The caller asked for something that has no meaning.
  invalid,          ///< Input does not follow its format.
  not_found,        ///< No such file, id or entry.
  io,               ///< The operating system refused.
  full,             ///< A bound was reached; nothing was dropped.
  too_large,        ///< Input exceeds a stated limit.
  duplicate,        ///< It is there already.
  fork,             ///< Another signed batch holds this log and sequence.
  unauthenticated,  ///< A signature, tag or key does not fit.
  refused,          ///< Trust, role, policy or approval forbids it.
  marking,          ///< TLP or PAP forbids it.
  expired,          ///< Outside its period of validity.
  unreachable,      ///< Peer or agent cannot be reached.
  timeout,          ///< A deadline passed.
  closed,           ///< The other end has gone.
  unsupported,      ///< Known, but not offered here.
  corrupt,          ///< Stored bytes do not match their digest.
};

/// The stable lower-case name of a code, as it appears in JSON.
std::string_view name_of(Errc code);

/// An error: what, where, and (in `hint`) how to mend it.
struct Error {
  Errc code;
  std::string message;
  std::string hint = {};
};

template <typename T>
using Result = std::expected<T, Error>;

/// Makes the error branch of a Result from a format string.
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(Errc code, fmt::format_string<Args...> text,
                                          Args&&... args) {
  return std::unexpected(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

/// Passes on `error` with `where` put before its message, where it does not stand there already.
[[nodiscard]] std::unexpected<Error> within(std::string_view where, Error error);

/// `error`; where it does not say how to mend it, `hint` does.
[[nodiscard]] Error hinted(Error error, std::string_view hint);

/// Ends the process with `what` on stderr. For bugs only; kept in release builds.
[[noreturn]] void panic(std::string_view what, const char* file, int line);

}  // namespace tocsin

/// States what must hold unless this program is wrong. Never depends on input.
#define TOCSIN_ASSERT(condition) \
  ((condition) ? void(0) : ::tocsin::panic(#condition, __FILE__, __LINE__))
