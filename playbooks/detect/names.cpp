#include "playbooks/detect/names.hpp"

#include <algorithm>
#include <optional>

#include "playbooks/detect/address.hpp"
#include "playbooks/detect/punycode.hpp"

namespace tocsin::playbooks {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_control(char c) { return std::uint8_t(c) < 0x20 || c == 0x7f; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

bool is_dot(std::string_view text, std::size_t at) {
  return text.substr(at, 3) == "\xe3\x80\x82" || text.substr(at, 3) == "\xef\xbc\x8e" ||
         text.substr(at, 3) == "\xef\xbd\xa1";
}

struct UrlParts {
  std::string_view scheme, user, host, port, rest;  ///< user with its @
  bool bracketed = false;
};

std::optional<UrlParts> split_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == text.npos || colon == 0 || colon > 32) return {};
  UrlParts out;
  out.scheme = text.substr(0, colon);
  const auto from = text.substr(colon + 3);
  const auto end = std::min(from.find_first_of("/?#"), from.size());
  std::string_view authority = from.substr(0, end);
  out.rest = from.substr(end);
  if (const auto at = authority.rfind('@'); at != authority.npos) {
    out.user = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == authority.npos) return {};
    out.bracketed = true;
    out.host = authority.substr(1, close - 1);
    authority.remove_prefix(close + 1);
  } else {
    out.host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(out.host.size());
  }
  if (!authority.empty() && authority[0] != ':') return {};
  if (!authority.empty()) out.port = authority.substr(1);
  return out;
}

bool is_default_port(std::string_view scheme, unsigned port) {
  if (scheme == "http" || scheme == "ws") return port == 80;
  if (scheme == "https" || scheme == "wss") return port == 443;
  return scheme == "ftp" && port == 21;
}

Result<std::string> canonical_host(const UrlParts& parts) {
  const auto address = parse_address(parts.host);
  if (parts.bracketed) {
    if (!address || parts.host.find(':') == parts.host.npos)
      return fail(Errc::invalid, "url: `[{}]` is no IPv6 address", shown(parts.host));
    return address->v6 ? "[" + to_text(*address) + "]" : to_text(*address);
  }
  if (address && !address->v6) return to_text(*address);
  return canonical_host_name(parts.host);
}

}  // namespace

std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 80)) out += is_control(c) ? '?' : c;
  return text.size() > 80 ? out + "..." : out;
}

Result<std::string> canonical_host_name(std::string_view text) {
  std::string plain;  // With the dots of other scripts made plain.
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dot = std::uint8_t(text[at]) >= 0x80 && is_dot(text, at);
    plain += dot ? '.' : text[at];
    if (dot) at += 2;
  }
  std::string_view rest = plain;
  if (rest.ends_with('.')) rest.remove_suffix(1);
  if (rest.size() > 4 * domain_bytes_max)
    return fail(Errc::invalid, "host name: longer than {} bytes", domain_bytes_max);
  std::string out;
  for (bool more = true; more;) {
    const auto dot = rest.find('.');
    const auto label = to_a_label(rest.substr(0, dot));
    if (!label) return std::unexpected(label.error());
    if (!out.empty()) out += '.';
    out += *label;
    more = dot != rest.npos;
    if (more) rest.remove_prefix(dot + 1);
  }
  if (out.size() > domain_bytes_max)
    return fail(Errc::invalid, "host name: longer than {} bytes", domain_bytes_max);
  const auto last = std::string_view(out).substr(out.rfind('.') + 1);
  if (std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(Errc::invalid, "host name: the last label is a number");
  return out;
}

Result<std::string> canonical_domain(std::string_view text) {
  auto name = canonical_host_name(text);
  if (name && name->find('.') == name->npos)
    return fail(Errc::invalid, "domain: `{}` has one label only", shown(text));
  return name;
}

Result<std::string> canonical_url(std::string_view text) {
  const auto parts = split_url(text);
  if (!parts) return fail(Errc::invalid, "url: `{}` has no `scheme://host`", shown(text));
  if (std::ranges::any_of(text, [](char c) { return is_blank(c) || is_control(c); }))
    return fail(Errc::invalid, "url: `{}` holds a blank or control character", shown(text));
  std::string out;
  for (const char c : parts->scheme) {
    const char low = lower(c);
    const bool letter = low >= 'a' && low <= 'z';
    const bool later = (low >= '0' && low <= '9') || low == '+' || low == '-' || low == '.';
    if (!letter && (out.empty() || !later))
      return fail(Errc::invalid, "url: `{}` is no scheme", shown(parts->scheme));
    out += low;
  }
  const auto host = canonical_host(*parts);
  if (!host) return within("url", host.error());
  unsigned port = 0;
  for (const char c : parts->port) {
    if (c < '0' || c > '9' || port > 65535)
      return fail(Errc::invalid, "url: `{}` is no port", shown(parts->port));
    port = port * 10 + unsigned(c - '0');
  }
  if (port > 65535) return fail(Errc::invalid, "url: port {} is above 65535", port);
  const bool shown_port = !parts->port.empty() && !is_default_port(out, port);
  out.append("://").append(parts->user).append(*host);
  if (shown_port) out += fmt::format(":{}", port);
  if (!parts->rest.starts_with('/')) out += '/';
  out += parts->rest;
  return out;
}

Result<std::string> canonical_email(std::string_view text) {
  if (text.size() > 2 && text.front() == '<' && text.back() == '>')
    text = text.substr(1, text.size() - 2);
  const auto at = text.rfind('@');
  if (at == text.npos || at == 0)
    return fail(Errc::invalid, "email: `{}` is no `name@domain`", shown(text));
  std::string out;
  for (const char c : text.substr(0, at)) {
    if (is_blank(c) || is_control(c) || c == '<' || c == '>' || c == '@' || c == ',')
      return fail(Errc::invalid, "email: `{}` has a character that does not belong",
                  shown(text));
    out += lower(c);
  }
  const auto domain = canonical_domain(text.substr(at + 1));
  if (!domain) return within("email", domain.error());
  out.append("@").append(*domain);
  if (out.size() > email_bytes_max)
    return fail(Errc::invalid, "email: longer than {} bytes", email_bytes_max);
  return out;
}

}  // namespace tocsin::playbooks
