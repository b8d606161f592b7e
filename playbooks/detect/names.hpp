// Host names, URLs and e-mail addresses in canonical form, exactly as written: nothing is refanged.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t domain_bytes_max = 253;
inline constexpr std::size_t email_bytes_max = 254;

/// A host name of one label or more; its last label is no number. Errors: invalid.
Result<std::string> canonical_host_name(std::string_view text);
/// A host name of two labels or more. Errors: invalid.
Result<std::string> canonical_domain(std::string_view text);
/// See canonical.hpp. Errors: invalid.
Result<std::string> canonical_url(std::string_view text);
Result<std::string> canonical_email(std::string_view text);

/// `text` for an error message: cut short, without control characters.
std::string shown(std::string_view text);

}  // namespace tocsin::playbooks
