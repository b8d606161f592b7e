// Reads signed JSON documents strictly: a foreign, missing or mistyped field is an error
// that names it, because two readers must never understand one signature differently.
#pragma once

#include <optional>

#include <boost/json/value.hpp>

#include "crypto/base_encoding.hpp"

namespace tocsin::crypto {

inline constexpr std::size_t signed_json_depth_max = 16;

/// Parses one whole JSON text. Errors: invalid (with position), too_large (over
/// `bytes_max`). `what` names the document in errors.
Result<boost::json::value> parse_signed_json(std::string_view text, std::size_t bytes_max,
                                             std::string_view what);

/// The fields of one JSON object, each taken once by its name. The first fault is kept;
/// later reads give empty values; finish() tells. Lifetime: the value outlives it.
class StrictFields {
 public:
  StrictFields(const boost::json::value& value, std::string where);

  /// UTF-8 without control characters, 1 to `bytes_max` bytes (0 is allowed with
  /// `may_be_empty`).
  std::string text(std::string_view key, std::size_t bytes_max,
                   bool may_be_empty = false);
  /// Any string as it stands.
  std::string_view raw_text(std::string_view key);
  std::int64_t number(std::string_view key, std::int64_t min, std::int64_t max);
  bool flag(std::string_view key);
  /// Base64 of exactly the right size.
  template <typename Fixed>
  Fixed fixed(std::string_view key) {
    const auto bytes = from_base64(raw_text(key));
    if (failed()) return {};
    if (bytes && bytes->size() == Fixed::size) return *Fixed::from(*bytes);
    reject(key, fmt::format("must be base64 of {} bytes", Fixed::size));
    return {};
  }
  /// True when the field is there, whatever it holds. It is not taken by that.
  bool has(std::string_view key) const;
  /// An array of at most `count_max` elements; empty after a fault.
  const boost::json::array& list(std::string_view key, std::size_t count_max);

  /// Records a fault of the field `key`, unless there is one already.
  void reject(std::string_view key, std::string_view why);
  void reject(Error error);
  bool failed() const { return error_.has_value(); }
  const std::string& where() const { return where_; }

  /// Errors: invalid: the first fault, or the first key that nobody took.
  Result<void> finish();

 private:
  const boost::json::value* take(std::string_view key);

  const boost::json::object* object_;
  std::string where_;
  std::vector<std::string_view> taken_;
  std::optional<Error> error_;
};

/// True for UTF-8-free-of-control-characters text of 1 to `bytes_max` bytes: the form of
/// every name for people in signed documents.
bool is_plain_text(std::string_view text, std::size_t bytes_max);

}  // namespace tocsin::crypto
