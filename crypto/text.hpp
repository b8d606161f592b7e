// Makes text that came from anywhere fit to be shown.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

/// `text` as well-formed UTF-8: each byte that belongs to no well-formed sequence becomes U+FFFD.
/// For what is shown to people and programs, because input is quoted in errors.
/// Source: Unicode 15, table 3-7.
std::string well_formed(std::string_view text);
/// Whether well_formed would change nothing.
bool is_well_formed(std::string_view text);

/// What a file is that was given where text belongs, by its first bytes: `UTF-16 text`, `a PNG
/// picture`, `gzip data`, `binary data`. Empty when it may be text. Bytes that are no UTF-8 do not
/// count: logs hold such lines among others.
std::string_view foreign_content(std::string_view beginning);
/// How to mend what foreign_content found.
std::string_view foreign_remedy(std::string_view content);

}  // namespace tocsin
