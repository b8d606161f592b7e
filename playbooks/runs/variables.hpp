// Values that people and other playbooks put into a playbook: typed, and of a form that no
// command line, zone file or list can take for something else.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/result.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t playbook_variables_max = 64;
inline constexpr std::size_t variable_value_bytes_max = 1024;

/// Types of the CACAO vocabulary that have a checked form here. `domain_name` is an extension.
enum class VariableType : std::uint8_t {
  string, integer, boolean, ipv4_addr, ipv6_addr, domain_name, uri, uuid, md5_hash, sha256_hash,
};
std::string_view name_of(VariableType type);
/// Errors: unsupported, naming the type.
Result<VariableType> variable_type_from(std::string_view name);

struct Variable {
  std::string name;  ///< with its underscores: `__value__`
  VariableType type{};
  std::optional<std::string> value;
  bool constant = false;
  bool external = false;
};

/// `__` letter or underscore, then letters, digits, `_`, `-`, then `__`. Source: CACAO 2.0, 10.18.
bool is_variable_name(std::string_view name);
/// `value` with or without its underscores, as people type it.
std::string variable_name(std::string_view name);

/// The value in canonical form. Text is printable ASCII, does not begin with `-`, and has none
/// of the characters that a shell gives a meaning. Errors: refused, saying what is wrong.
Result<std::string> check_value(VariableType type, std::string_view value);

/// The names that `text` refers to as `__name__:value`.
std::vector<std::string> references_in(std::string_view text);
/// `text` with all references replaced. Errors: invalid, naming a variable without a value.
Result<std::string> fill_in(std::string_view text,
                            const std::map<std::string, std::string>& values);

}  // namespace tocsin::playbooks
