// Takes the common equalities out of STIX 2.1 patterns, so that they match in the tables.
#pragma once

#include <optional>
#include <vector>

#include "playbooks/detect/canonical.hpp"

namespace tocsin::playbooks {

/// One comparison of a pattern: its object path and the value it must equal.
struct StixEquality {
  std::string path;   ///< such as `domain-name:value`, quotes of keys removed
  std::string value;  ///< escapes removed
};

/// The alternatives of a pattern that is nothing but equalities joined by OR (also `IN`, several
/// observations joined by OR, `ISSUBSET` of a network, and a `_ref.type` beside its value);
/// nothing where it says more than that.
/// Source: STIX 2.1, section 9.
std::optional<std::vector<StixEquality>> stix_equalities(std::string_view pattern);

/// The value in canonical form, of the type that the path stands for; nothing when the path is
/// none that tables know. Errors: invalid, when it is known and the value is not of its type.
std::optional<Result<TypedValue>> value_of(const StixEquality& equality);

}  // namespace tocsin::playbooks
