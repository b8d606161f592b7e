// Makes text that came from anywhere fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

/// `text` as well-formed UTF-8: each byte that belongs to no well-formed sequence becomes U+FFFD.
/// For what is shown to people and programs, because input is quoted in errors.
/// Source: Unicode 15, table 3-7.
std::string well_formed(std::string_view text);

}  // namespace tocsin
