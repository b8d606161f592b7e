// Tells whether a text is JSON without building it, so that a listener can refuse a bad document
// where it comes in.
#pragma once

#include "crypto/result.hpp"

namespace tocsin::agents {

inline constexpr std::size_t json_depth_max = 64;

enum class JsonKind { object, array, other };

/// What the one JSON value in `text` is. Errors: invalid (not JSON, with the position; more than
/// one value; nested deeper than json_depth_max; not UTF-8).
Result<JsonKind> check_json(std::string_view text);

}  // namespace tocsin::agents
