// Network addresses as numbers, and the one text form that stands for each.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::playbooks {

/// An address in network byte order; IPv4 in the first four bytes.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;
  bool operator==(const Address&) const = default;
};
/// Strict: four decimal octets without leading zeros, or RFC 4291 text without zone; a v4-mapped
/// IPv6 address gives the IPv4 one.
std::optional<Address> parse_address(std::string_view text);
/// Dotted quad or RFC 5952.
std::string to_text(const Address& address);

struct Network {
  Address address;  ///< host bits zero
  std::uint8_t prefix = 0;
  bool operator==(const Network&) const = default;
};
/// `address/prefix`; host bits are cleared.
std::optional<Network> parse_network(std::string_view text);
std::string to_text(const Network& network);
/// `prefix` is at most 32 or 128.
Address masked(const Address& address, std::uint8_t prefix);

}  // namespace tocsin::playbooks
