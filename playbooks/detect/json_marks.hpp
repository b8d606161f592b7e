// Finds where the parts of a JSON text begin, 64 bytes at a time, so that only they are looked at.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

/// Not for several threads at once. At least padding bytes behind each text can be read.
class JsonMarks {
 public:
  JsonMarks();
  ~JsonMarks();

  /// Ascending offsets of all braces, brackets, colons and commas outside of strings, of opening
  /// quotes and of the first bytes of what else stands there (`1`, `true`, `x`); behind them,
  /// beyond the end of the span, `json.size()`. Every string is closed; between its closing quote
  /// and the next mark are only blanks. Whether the marks make sense in this order is not checked.
  /// Lifetime: until the next call.
  /// Errors: invalid (no UTF-8, an open string, a control character in a string, nothing at all).
  Result<std::span<const std::uint32_t>> find(std::string_view json);

  /// The text of a string, given as it stands between its quotes. Errors: nothing (bad escapes).
  std::optional<std::string> unescape(std::string_view token) const;

  static constexpr std::size_t padding = 64;  ///< bytes

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace tocsin::playbooks
