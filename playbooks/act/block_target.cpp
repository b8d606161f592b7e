#include "playbooks/act/block_target.hpp"

#include <algorithm>

#include "playbooks/act/prefix_set.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t domain_bytes_max = 253;
constexpr std::size_t url_bytes_max = 2048;

bool is_domain(std::string_view text) {
  if (text.size() > domain_bytes_max || text.find('.') == text.npos) return false;
  bool letter_in_last = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('.'), text.size());
    const auto label = text.substr(0, end);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-')
      return false;
    letter_in_last = false;
    for (const char c : label) {
      const bool letter = c >= 'a' && c <= 'z';
      if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
      letter_in_last = letter_in_last || letter;
    }
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return false;
  }
  return letter_in_last;
}

/// Printable ASCII without what a shell, a zone file or a quoted string would take as its own.
bool is_safe_url(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://")) return false;
  constexpr std::string_view foreign = "\"'`\\;|<>$(){}[]^*!";
  return text.size() <= url_bytes_max && std::all_of(text.begin(), text.end(), [=](char c) {
    return c > 0x20 && c < 0x7f && foreign.find(c) == foreign.npos;
  });
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

std::string_view url_host(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return url;
  auto host = url.substr(scheme + 3);
  host = host.substr(0, std::min(host.find_first_of("/?#"), host.size()));
  if (const auto at = host.rfind('@'); at != host.npos) host.remove_prefix(at + 1);
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, std::min(host.find(':'), host.size()));
}

Result<BlockTarget> block_target(std::string_view text) {
  using mesh::IndicatorType;
  if (text.size() > url_bytes_max)
    return fail(Errc::refused, "a target of {} bytes, limit {}", text.size(), url_bytes_max);
  if (const auto prefix = parse_prefix(text)) {
    if (prefix->length < 128) return BlockTarget{IndicatorType::cidr, to_text(*prefix)};
    return BlockTarget{prefix->ipv4 ? IndicatorType::ipv4 : IndicatorType::ipv6,
                       to_text(*prefix)};
  }
  auto name = lower_case(text);
  if (name.ends_with('.')) name.pop_back();
  if (is_domain(name)) return BlockTarget{IndicatorType::domain, std::move(name)};
  if (is_safe_url(text)) return BlockTarget{IndicatorType::url, std::string(text)};
  return std::unexpected(
      Error{Errc::refused, "this is no address, network, domain or URL that can be blocked",
            "give one plain value, such as 192.0.2.7 or c2.example.net"});
}

}  // namespace tocsin::playbooks
