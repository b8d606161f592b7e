// One canonical form per kind of value, used identically for indicators and for what events hold,
// so that equality of bytes is equality of meaning.
#pragma once

#include <optional>
#include <string>

#include "mesh/wire/record.hpp"
#include "playbooks/detect/address.hpp"
#include "playbooks/detect/names.hpp"

namespace tocsin::playbooks {

using mesh::IndicatorType;

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

}  // namespace tocsin::playbooks
