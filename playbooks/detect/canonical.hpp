// One canonical form per kind of value, used identically for indicators and for what events hold,
// so that equality of bytes is equality of meaning.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "mesh/wire/record.hpp"

namespace tocsin::playbooks {

using mesh::IndicatorType;

inline constexpr std::size_t domain_bytes_max = 253;
inline constexpr std::size_t label_bytes_max = 63;
inline constexpr std::size_t email_bytes_max = 254;

/// The canonical form of `text` as a value of `type`; refanged (`hxxp`, `[.]`, `(dot)`, `[:]`,
/// `[@]`), blanks around it removed.
///  - ipv4: dotted quad without leading zeros. ipv6: RFC 5952; a v4-mapped address is refused as
///    ipv6, since events show it as ipv4.
///  - cidr: masked to its network, `/32` and `/128` kept.
///  - domain: lower case, punycode, no trailing dot, underscores allowed, at least two labels.
///  - url: scheme and host lower case, host as above, default port off, an empty path becomes
///    `/`; path, query and fragment as given.
///  - hashes: lower hex of exactly 64, 40 or 32 digits. email: lower case, domain as above.
///  - pattern: kept as it is, brackets and quotes must pair.
/// Errors: invalid (says what is wrong), too_large (over indicator_value_bytes_max).
Result<std::string> canonical(IndicatorType type, std::string_view text);

struct TypedValue {
  IndicatorType type{};
  std::string value;
};
/// The type that `text` must be (never ambiguous: a bare host name is a domain) and its canonical
/// form. Errors: invalid, when it fits none.
Result<TypedValue> guess_type(std::string_view text);

/// An address in network byte order; IPv4 in the first four bytes.
struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool v6 = false;
  bool operator==(const Address&) const = default;
};
/// Strict: four decimal octets without leading zeros, or RFC 4291 text without zone; a v4-mapped
/// IPv6 address gives the IPv4 one.
std::optional<Address> parse_address(std::string_view text);
std::string to_text(const Address& address);
struct Network {
  Address address;  ///< host bits zero
  std::uint8_t prefix = 0;
};
/// Host bits are cleared.
std::optional<Network> parse_network(std::string_view text);
Address masked(const Address& address, std::uint8_t prefix);

/// What events hold is seldom in need of change, so these give a view of `text` itself where it
/// is canonical already and write to `scratch` otherwise; nothing when it is no such value.
/// Never refang. Lifetime of the view: that of `text` and until `scratch` is used again.
std::optional<std::string_view> observed_domain(std::string_view text, std::string& scratch);
std::optional<std::string_view> observed_url(std::string_view text, std::string& scratch);
std::optional<std::string_view> observed_email(std::string_view text, std::string& scratch);
/// Lower-case digits of exactly 32, 40 or 64; the length tells the type.
std::optional<std::string_view> observed_hash(std::string_view text, std::string& scratch);
/// The host of a canonical URL, without user, port and brackets. Lifetime: that of `url`.
std::string_view host_of(std::string_view url);

}  // namespace tocsin::playbooks
