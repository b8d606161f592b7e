// The record of a sighting: that a listed value was seen, how often and when, and nothing about
// who or where inside.
#pragma once

#include "mesh/wire/record.hpp"
#include "playbooks/detect/names.hpp"

namespace tocsin::playbooks {

inline constexpr std::uint64_t sighting_count_max = 1ull << 40;
inline constexpr std::uint64_t sighting_ms_max = 253402300799999;  ///< the end of the year 9999
inline constexpr std::size_t sighting_source_bytes_max = 64;

/// Field tags of a sighting record; docs/wire-format.md. Never renumber.
enum class SightingTag : std::uint8_t {
  indicator = 1,   ///< digest of the indicator record that matched
  type = 2,        ///< IndicatorType
  value_key = 3,   ///< value_key(type, value): the same for equal values in different records
  count = 4,       ///< events since the previous sighting of this indicator by this agent
  first_seen = 5,  ///< ms
  last_seen = 6,   ///< ms
  technique = 7,   ///< ATT&CK id, such as T1071.001; may be absent
  source = 8,      ///< kind of event source, such as "dns" or "proxy"; may be absent
};

/// BLAKE2b-256("tocsin.value" ‖ type ‖ canonical value).
Digest value_key(mesh::IndicatorType type, std::string_view canonical_value);

/// A sighting as its record says it. Lifetime: owns all.
struct Sighting {
  Digest indicator;
  mesh::IndicatorType type{};
  Digest value_key;
  std::uint64_t count = 0;
  WallTime first_seen, last_seen;
  std::string technique;
  std::string source;
};
/// `marking` in the header is the indicator's own: a sighting inherits it, and travels in its scope.
Bytes encode_sighting(const mesh::RecordHeader& header, const Sighting& sighting);
/// Errors: invalid (missing or inconsistent fields).
Result<Sighting> view_sighting(const mesh::RecordView& record);

/// `T1234` or `T1234.001`.
bool is_technique(std::string_view text);
/// The first label of the form T1234 or T1234.001, else empty.
std::string technique_of(const std::vector<std::string_view>& labels);

}  // namespace tocsin::playbooks
