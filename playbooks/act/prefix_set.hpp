// Addresses and prefixes as numbers, and a sorted set of them that answers overlap in
// logarithmic time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.hpp"

namespace tocsin::playbooks {

/// 128 bits, IPv4 as ::ffff:a.b.c.d.
struct PrefixAddress {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const PrefixAddress&) const = default;
};

struct Prefix {
  PrefixAddress address;  ///< host bits are zero
  int length = 128; ///< 0 to 128; an IPv4 prefix adds 96
  bool ipv4 = false;
  PrefixAddress last() const;
};

/// An IPv4 address (four decimal parts without leading zeros) or an IPv6 one (any RFC 4291 form,
/// no zone).
std::optional<Prefix> parse_single_address(std::string_view text);
/// An address with or without `/length`; host bits are cleared.
std::optional<Prefix> parse_prefix(std::string_view text);
/// Canonical text: shortest IPv6 of RFC 5952; without the length for a single address.
std::string to_text(const Prefix& prefix);

/// Add all, seal once, then ask.
class PrefixSet {
 public:
  void add(const Prefix& prefix) { entries_.push_back(prefix); }
  void seal();
  /// An entry that contains `prefix`, or that it contains. Lifetime: that of the set.
  const Prefix* overlap(const Prefix& prefix) const;
  std::size_t size() const { return entries_.size(); }

 private:
  std::vector<Prefix> entries_;      ///< sorted by first address, the widest first
  std::vector<std::size_t> reach_;   ///< entry with the greatest last address up to each one
};

}  // namespace tocsin::playbooks
