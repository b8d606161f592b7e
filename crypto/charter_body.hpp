// The text of a charter: what all members sign, byte for byte.
#pragma once

#include "crypto/charter.hpp"

namespace tocsin::crypto {

/// What reading refuses. Errors: invalid, naming the field.
Result<void> check_charter_body(const CharterBody& body);
/// The one text of `body`, which must pass check_charter_body().
std::string write_charter_body(const CharterBody& body);
/// Only what write_charter_body() writes. Errors: invalid.
Result<CharterBody> read_charter_body(std::string_view text);

}  // namespace tocsin::crypto
