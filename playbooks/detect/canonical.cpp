#include "playbooks/detect/canonical.hpp"

#include <algorithm>

#include "playbooks/detect/names.hpp"
#include "playbooks/detect/observed.hpp"

namespace tocsin::playbooks {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool starts_with(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char want, char have) { return want == lower(have); });
}

struct Fang {
  std::string_view written, meant;
};
constexpr Fang fangs[] = {
    {"[.]", "."},   {"(.)", "."},  {"{.}", "."},  {"[dot]", "."},   {"(dot)", "."},
    {"{dot}", "."}, {"[:]", ":"},  {"[@]", "@"},  {"[at]", "@"},    {"(at)", "@"},
    {"(@)", "@"},   {"[/]", "/"},  {"\\.", "."},  {"[://]", "://"}, {"[:]//", "://"},
};

std::string refanged(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const auto fang = std::ranges::find_if(
        fangs, [&](const Fang& one) { return starts_with(rest, one.written); });
    if (fang == std::end(fangs)) {
      out += text[at++];
      continue;
    }
    out += fang->meant;
    at += fang->written.size();
  }
  const auto scheme = std::string_view(out).substr(0, out.find("://"));
  if (scheme.size() == out.size()) return out;
  for (const auto& [written, meant] :
       {Fang{"hxxp", "http"}, Fang{"h__p", "http"}, Fang{"htxp", "http"}, Fang{"fxp", "ftp"}})
    if (starts_with(scheme, written)) return std::string(meant) + out.substr(written.size());
  return out;
}

Result<std::string> canonical_hash(std::string_view text, std::size_t digits,
                                   std::string_view name) {
  if (text.size() != digits)
    return fail(Errc::invalid, "{}: {} characters where {} hex digits belong", name, text.size(),
                digits);
  std::string scratch;
  const auto hash = observed_hash(text, scratch);
  if (!hash) return fail(Errc::invalid, "{}: `{}` is not hex", name, shown(text));
  return std::string(*hash);
}

Result<std::string> canonical_address(std::string_view text, bool v6) {
  const auto address = parse_address(text);
  const bool has_colon = text.find(':') != text.npos;
  if (!address || has_colon != v6)
    return fail(Errc::invalid, "{}: `{}` is no address of this kind", v6 ? "ipv6" : "ipv4",
                shown(text));
  if (address->v6 != v6)
    return fail(Errc::invalid, "ipv6: `{}` is the IPv4 address {}; list it as ipv4", shown(text),
                to_text(*address));
  return to_text(*address);
}

// Brackets outside of quotes pair, quotes end, and there is at least one observation.
Result<std::string> canonical_pattern(std::string_view text) {
  int depth = 0;
  bool quoted = false, observed = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\0') return fail(Errc::invalid, "pattern: holds a zero byte");
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '\'') quoted = false;
      continue;
    }
    if (c == '\'') quoted = true;
    if (c == '[' || c == '(') ++depth;
    if (c == '[') observed = true;
    if ((c == ']' || c == ')') && --depth < 0) break;
  }
  if (quoted || depth != 0 || !observed)
    return fail(Errc::invalid, "pattern: brackets or quotes do not pair in `{}`", shown(text));
  return std::string(text);
}

}  // namespace

Result<std::string> canonical(IndicatorType type, std::string_view text) {
  const auto plain = trimmed(text);
  if (plain.empty()) return fail(Errc::invalid, "{}: no value", name_of(type));
  if (plain.size() > mesh::indicator_value_bytes_max)
    return fail(Errc::too_large, "{}: {} bytes, limit {}", name_of(type), plain.size(),
                mesh::indicator_value_bytes_max);
  if (type == IndicatorType::pattern) return canonical_pattern(plain);
  const std::string value = refanged(plain);
  Result<std::string> out = fail(Errc::unsupported, "no such indicator type");
  switch (type) {
    case IndicatorType::ipv4: out = canonical_address(value, false); break;
    case IndicatorType::ipv6: out = canonical_address(value, true); break;
    case IndicatorType::cidr: {
      const auto network = parse_network(value);
      if (!network)
        return fail(Errc::invalid, "cidr: `{}` is no `address/prefix`", shown(plain));
      return to_text(*network);
    }
    case IndicatorType::domain: out = canonical_domain(value); break;
    case IndicatorType::url: out = canonical_url(value); break;
    case IndicatorType::sha256: out = canonical_hash(value, 64, "sha256"); break;
    case IndicatorType::sha1: out = canonical_hash(value, 40, "sha1"); break;
    case IndicatorType::md5: out = canonical_hash(value, 32, "md5"); break;
    case IndicatorType::email: out = canonical_email(value); break;
    case IndicatorType::pattern: break;
  }
  if (out && out->size() > mesh::indicator_value_bytes_max)
    return fail(Errc::too_large, "{}: {} bytes, limit {}", name_of(type), out->size(),
                mesh::indicator_value_bytes_max);
  return out;
}

Result<TypedValue> guess_type(std::string_view text) {
  const auto plain = trimmed(text);
  if (plain.empty()) return fail(Errc::invalid, "no value");
  if (plain.size() > mesh::indicator_value_bytes_max)
    return fail(Errc::too_large, "value: {} bytes, limit {}", plain.size(),
                mesh::indicator_value_bytes_max);
  if (plain.front() == '[' && plain.back() == ']' && plain.find('=') != plain.npos) {
    auto pattern = canonical(IndicatorType::pattern, plain);
    if (pattern) return TypedValue{IndicatorType::pattern, *std::move(pattern)};
  }
  const std::string value = refanged(plain);
  if (const auto address = parse_address(value))
    return TypedValue{address->v6 ? IndicatorType::ipv6 : IndicatorType::ipv4,
                      to_text(*address)};
  if (const auto network = parse_network(value))
    return TypedValue{IndicatorType::cidr, to_text(*network)};
  const auto as = [&](IndicatorType type) -> Result<TypedValue> {
    auto out = canonical(type, value);
    if (!out) return std::unexpected(out.error());
    return TypedValue{type, *std::move(out)};
  };
  if (value.find("://") != value.npos) return as(IndicatorType::url);
  if (value.find('@') != value.npos) return as(IndicatorType::email);
  std::string scratch;
  if (observed_hash(value, scratch))
    return as(value.size() == 64   ? IndicatorType::sha256
              : value.size() == 40 ? IndicatorType::sha1
                                   : IndicatorType::md5);
  auto domain = as(IndicatorType::domain);
  if (!domain)
    return fail(Errc::invalid, "`{}` is no address, network, domain, URL, hash or e-mail address",
                shown(plain));
  return domain;
}

}  // namespace tocsin::playbooks
