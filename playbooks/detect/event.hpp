// One event from any input as a flat array of fields, each with what kind of value it may hold.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t event_bytes_max = 1024 * 1024;
inline constexpr std::size_t event_fields_max = 4096;
inline constexpr std::size_t event_depth_max = 64;

/// What a field's value is, as far as its name tells.
enum class ValueKind : std::uint8_t {
  none,     ///< never looked at: numbers, names of hosts and users, texts without indicators
  address,  ///< one IPv4 or IPv6 address, perhaps with a port
  domain,   ///< one host name
  host,     ///< an address or a host name
  url,      ///< one URL; its host counts as well
  hash,     ///< MD5, SHA-1 or SHA-256 in hex
  hashes,   ///< `SHA1=...,MD5=...,SHA256=...`
  email,    ///< one address; its domain does not count
  text,     ///< free text, from which whole tokens are taken
  whole,    ///< unknown field: counts if it is exactly an address, hash, URL or e-mail address
};

/// `name` is dotted (`destination.ip`); elements of an array repeat the array's name.
struct EventField {
  std::string_view name;
  std::string_view value;
  ValueKind kind = ValueKind::none;
  bool escaped = false;  ///< `value` holds JSON escapes; only ever with kind none
};

/// What the name of a field says about its value; nothing but names of ECS and of common sources
/// (Windows, Sysmon, CloudTrail, Azure, Suricata, Zeek) is known, the rest is `whole`. Case counts.
ValueKind kind_of_field(std::string_view dotted_name);

enum class EventFormat : std::uint8_t { auto_, json, syslog };
/// `auto`, `json`, `ndjson`, `syslog`. Errors: usage.
Result<EventFormat> event_format_from(std::string_view name);

/// Parses one event at a time. Not for several threads at once.
/// Lifetime: the fields last until the next parse but one, so that two events can be in the works,
/// and as long as the line.
class EventParser {
 public:
  EventParser();
  ~EventParser();
  EventParser(EventParser&&) noexcept;

  /// The fields of one line, without its line end. With `auto_` a line that begins with `{` is
  /// JSON, any other is syslog (RFC 5424, RFC 3164, or bare text). JSON inside a syslog message
  /// becomes fields too; other text becomes the field `message`.
  /// `readable_after` says how many bytes behind the line may be read (at least 64 spares a copy).
  /// Errors: invalid (no JSON object, broken, deeper than event_depth_max, no UTF-8), too_large
  /// (over event_bytes_max or event_fields_max).
  Result<std::span<const EventField>> parse(std::string_view line, EventFormat format,
                                            std::size_t readable_after = 0);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::playbooks
