// Answers "is one of these values listed?" for a million indicators in a few nanoseconds per
// value, at no more than 24 bytes each.
#pragma once

#include <functional>

#include "crypto/entropy.hpp"
#include "playbooks/detect/canonical.hpp"
#include "playbooks/detect/event.hpp"
#include "playbooks/detect/fingerprint_table.hpp"

namespace tocsin::playbooks {

/// One listed value found in one event. Lifetime of `observed`: that of the event's fields.
struct Hit {
  std::uint32_t ordinal = 0;   ///< of the indicator
  IndicatorType type{};        ///< of the indicator
  std::uint32_t field = 0;     ///< index into the event's fields
  std::string_view observed;   ///< as it stood in the field
};

/// Says whether indicator `ordinal` is of this type, in force, and has exactly this canonical
/// value. For a cidr `value` is the network, for a domain the listed parent.
using Confirm =
    std::function<bool(std::uint32_t ordinal, IndicatorType type, std::string_view value)>;

/// Holds fingerprints only; values stay with whoever gave them. Readers must not run while one
/// thread changes it.
class IndicatorIndex {
 public:
  /// The key of the fingerprints comes from `entropy`: nobody can aim at collisions.
  explicit IndicatorIndex(Entropy& entropy);

  /// `value` is canonical. Errors: unsupported (pattern), invalid (not canonical), full (more than
  /// same_value_max indicators with this value).
  Result<void> insert(std::uint32_t ordinal, IndicatorType type, std::string_view value);
  /// True if it was there. To switch one off without its value, let Confirm refuse it.
  bool remove(std::uint32_t ordinal, IndicatorType type, std::string_view value);

  /// Ordinals of the indicators that have exactly this canonical value, confirmed.
  std::vector<std::uint32_t> find(IndicatorType type, std::string_view value,
                                  const Confirm& confirm) const;

  std::size_t size() const;
  std::size_t size(IndicatorType type) const;
  std::size_t bytes() const;  ///< memory of all tables

  static constexpr std::size_t same_value_max = 64;

 private:
  friend class Matcher;
  std::uint64_t fingerprint(IndicatorType type, std::string_view value) const;
  std::uint64_t fingerprint(const Network& network) const;
  void note_network(const Network& network, bool added);
  FingerprintTable& table(IndicatorType type) { return tables_[std::size_t(type)]; }
  const FingerprintTable& table(IndicatorType type) const { return tables_[std::size_t(type)]; }

  FingerprintKey key_;
  std::array<FingerprintTable, 10> tables_;
  std::array<std::uint32_t, 33> v4_prefixes_{};   ///< networks per prefix length
  std::array<std::uint32_t, 129> v6_prefixes_{};
  std::vector<std::uint8_t> v4_lengths_, v6_lengths_;  ///< lengths in use
  std::vector<std::uint64_t> v4_touched_;  ///< one bit per /16: may hold a listed network
};

/// Finds what events hold in an index. Keeps scratch memory, so one per thread.
/// Lifetime: `index` outlives it.
class Matcher {
 public:
  explicit Matcher(const IndicatorIndex& index);
  ~Matcher();

  /// Hits of one event: one per indicator, the first field wins. At most hits_max, the rest is
  /// not reported for this event. Lifetime: until the next call, and as long as the fields.
  std::span<const Hit> match(std::span<const EventField> fields, const Confirm& confirm);

  static constexpr std::size_t hits_max = 256;

 private:
  struct Scratch;
  const IndicatorIndex& index_;
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace tocsin::playbooks
