// Answers "is one of these values listed?" for a million indicators in a few nanoseconds per
// value, at no more than 24 bytes each.
#pragma once

#include <functional>
#include <span>

#include "crypto/entropy.hpp"
#include "playbooks/detect/canonical.hpp"
#include "playbooks/detect/fingerprint_table.hpp"

namespace tocsin::playbooks {

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
  friend class ProbeMaker;
  std::optional<std::uint64_t> fingerprint(IndicatorType type, std::string_view value) const;
  void note_network(const Network& network, bool added);
  /// The prefix lengths that can be listed for networks around `address`.
  std::span<const std::uint8_t> prefixes_at(const Address& address) const;
  FingerprintTable& table(IndicatorType type) { return tables_[std::size_t(type)]; }
  const FingerprintTable& table(IndicatorType type) const { return tables_[std::size_t(type)]; }

  FingerprintKey key_;
  std::array<FingerprintTable, std::size_t(IndicatorType::pattern)> tables_;
  std::array<std::uint32_t, 33> v4_prefixes_{};   ///< networks per prefix length
  std::array<std::uint32_t, 129> v6_prefixes_{};
  std::vector<std::uint8_t> v4_lengths_, v6_lengths_;  ///< lengths in use
  std::vector<std::uint64_t> v4_touched_, v6_touched_;  ///< one bit per /16: touches a network
};

/// The key under which a value lies in its table.
std::uint64_t fingerprint_of(const FingerprintKey& key, const Address& address);
std::uint64_t fingerprint_of(const FingerprintKey& key, const Network& network);
std::uint64_t fingerprint_of(const FingerprintKey& key, IndicatorType type, std::string_view text);

}  // namespace tocsin::playbooks
