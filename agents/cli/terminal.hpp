// Where the command prints, asks, and learns of its surroundings.
#pragma once

#include <optional>
#include <string>

#include "crypto/time.hpp"
#include "mesh/world/disk.hpp"

namespace tocsin::agents::cli {

/// A moment on the clock on the wall of one time zone.
struct LocalTime {
  std::string date;  ///< 2026-11-23
  std::string time;  ///< 03:12
  std::string zone;  ///< CET
};

class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual void out(std::string_view text) = 0;
  virtual void err(std::string_view text) = 0;
  virtual bool out_is_terminal() const = 0;
  virtual bool err_is_terminal() const = 0;
  virtual bool in_is_terminal() const = 0;
  /// One line from the terminal; nothing at the end of input.
  virtual std::optional<std::string> ask(std::string_view prompt) = 0;
  /// The same without showing what is typed.
  virtual std::optional<std::string> ask_secret(std::string_view prompt) = 0;
  /// Absolute, with the symbolic links of the part that exists resolved.
  virtual mesh::Path resolve(const mesh::Path& path) const = 0;
  /// Empty when not set.
  virtual std::string environment(const std::string& name) const = 0;
  /// `zone` as in the tz database; UTC where it is unknown.
  virtual LocalTime local(WallTime t, const std::string& zone) = 0;
  virtual bool knows_zone(const std::string& /*zone*/) const { return true; }
};

}  // namespace tocsin::agents::cli
