// The conditions of if-condition steps: comparisons of variables, joined by AND and OR.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t condition_bytes_max = 1024;
inline constexpr std::size_t condition_comparisons_max = 32;

enum class Comparison : std::uint8_t {
  equal, not_equal, less, less_or_equal, greater, greater_or_equal,
};

/// `__name__:value`, a 'text', an integer, `true` or `false`.
struct Operand {
  bool variable = false;
  std::string text;  ///< name, or literal
};

/// Any of these groups must hold, of which all comparisons must hold: AND binds tighter than OR.
struct Condition {
  struct Term {
    Operand left, right;
    Comparison comparison{};
  };
  std::vector<std::vector<Term>> any_of;
};

/// Operators: = != < <= > >= AND OR. Everything else (NOT, parentheses, MATCHES ...) is refused.
/// Source: a subset of STIX 2.1 comparison expressions, as CACAO 2.0 section 10.18 uses them.
/// Errors: invalid, naming the place.
Result<Condition> parse_condition(std::string_view text);

/// < and > compare as integers if both sides are, else as text. Errors: invalid, naming a
/// variable without a value.
Result<bool> evaluate(const Condition& condition,
                      const std::map<std::string, std::string>& values);

}  // namespace tocsin::playbooks
