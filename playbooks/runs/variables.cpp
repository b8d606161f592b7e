#include "playbooks/runs/variables.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "playbooks/act/block_target.hpp"
#include "playbooks/act/prefix_set.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t name_bytes_max = 204;
constexpr std::string_view reference_end = ":value";

constexpr std::array<std::pair<VariableType, std::string_view>, 10> type_names{{
    {VariableType::string, "string"},
    {VariableType::integer, "integer"},
    {VariableType::boolean, "bool"},
    {VariableType::ipv4_addr, "ipv4-addr"},
    {VariableType::ipv6_addr, "ipv6-addr"},
    {VariableType::domain_name, "domain-name"},
    {VariableType::uri, "uri"},
    {VariableType::uuid, "uuid"},
    {VariableType::md5_hash, "md5-hash"},
    {VariableType::sha256_hash, "sha256-hash"},
}};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '_' || c == '-';
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-') || (!dash && !is_hex(text.substr(i, 1), 1))) return false;
  }
  return true;
}

bool is_integer(std::string_view text) {
  std::int64_t out = 0;
  const auto [last, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && last == text.data() + text.size();
}

Result<std::string> check_text(std::string_view value) {
  constexpr std::string_view foreign = "\"'`\\;|&<>$(){}[]*?!~#^";
  if (value.starts_with('-'))
    return fail(Errc::refused, "it begins with '-', which a program could take for an option");
  for (const char c : value) {
    if (c < 0x20 || c >= 0x7f)
      return fail(Errc::refused, "it holds a control or non-ASCII character");
    if (foreign.find(c) != foreign.npos)
      return fail(Errc::refused, "it holds '{}', which a shell could interpret", c);
  }
  return std::string(value);
}

Result<std::string> check_target(std::string_view value, mesh::IndicatorType type,
                                 std::string_view wanted) {
  auto target = block_target(value);
  if (!target || target->type != type) return fail(Errc::refused, "it is no {}", wanted);
  return std::move(target->value);
}

}  // namespace

std::string_view name_of(VariableType type) {
  for (const auto& [known, name] : type_names)
    if (known == type) return name;
  TOCSIN_ASSERT(false);
  return {};
}

Result<VariableType> variable_type_from(std::string_view name) {
  for (const auto& [type, known] : type_names)
    if (known == name) return type;
  return fail(Errc::unsupported, "variable type '{}' is not offered here", name.substr(0, 40));
}

bool is_variable_name(std::string_view name) {
  if (name.size() < 5 || name.size() > name_bytes_max || !name.starts_with("__") ||
      !name.ends_with("__"))
    return false;
  const auto inner = name.substr(2, name.size() - 4);
  const char first = inner.front();
  return is_name_character(first) && first != '-' && !(first >= '0' && first <= '9') &&
         std::all_of(inner.begin(), inner.end(), is_name_character);
}

std::string variable_name(std::string_view name) {
  return is_variable_name(name) ? std::string(name) : fmt::format("__{}__", name);
}

Result<std::string> check_value(VariableType type, std::string_view value) {
  using mesh::IndicatorType;
  if (value.size() > variable_value_bytes_max)
    return fail(Errc::refused, "it has {} bytes, limit {}", value.size(),
                variable_value_bytes_max);
  switch (type) {
    case VariableType::string: return check_text(value);
    case VariableType::integer:
      if (is_integer(value)) return std::string(value);
      return fail(Errc::refused, "it is no integer");
    case VariableType::boolean:
      if (value == "true" || value == "false") return std::string(value);
      return fail(Errc::refused, "it is neither true nor false");
    case VariableType::ipv4_addr: return check_target(value, IndicatorType::ipv4, "IPv4 address");
    case VariableType::ipv6_addr: return check_target(value, IndicatorType::ipv6, "IPv6 address");
    case VariableType::domain_name: return check_target(value, IndicatorType::domain, "domain");
    case VariableType::uri: return check_target(value, IndicatorType::url, "http or https URI");
    case VariableType::uuid:
      if (is_uuid(value)) return std::string(value);
      return fail(Errc::refused, "it is no UUID in lower case");
    case VariableType::md5_hash:
      if (is_hex(value, 32)) return std::string(value);
      return fail(Errc::refused, "it is no MD5 in lower-case hex");
    case VariableType::sha256_hash:
      if (is_hex(value, 64)) return std::string(value);
      return fail(Errc::refused, "it is no SHA-256 in lower-case hex");
  }
  TOCSIN_ASSERT(false);
  return {};
}

std::vector<std::string> references_in(std::string_view text) {
  std::vector<std::string> out;
  for (auto at = text.find(reference_end); at != text.npos;
       at = text.find(reference_end, at + 1)) {
    auto begin = at;
    while (begin > 0 && is_name_character(text[begin - 1])) --begin;
    const auto name = text.substr(begin, at - begin);
    if (is_variable_name(name)) out.emplace_back(name);
  }
  return out;
}

Result<std::string> fill_in(std::string_view text,
                            const std::map<std::string, std::string>& values) {
  std::string out;
  std::size_t done = 0;
  for (auto at = text.find(reference_end); at != text.npos;
       at = text.find(reference_end, at + 1)) {
    auto begin = at;
    while (begin > done && is_name_character(text[begin - 1])) --begin;
    const auto name = text.substr(begin, at - begin);
    if (!is_variable_name(name)) continue;
    const auto value = values.find(std::string(name));
    if (value == values.end()) return fail(Errc::invalid, "variable {} has no value", name);
    out += text.substr(done, begin - done);
    out += value->second;
    done = at + reference_end.size();
  }
  out += text.substr(done);
  return out;
}

}  // namespace tocsin::playbooks
