#include "playbooks/detect/observed.hpp"

#include <array>
#include <cstdint>

#include "playbooks/detect/address.hpp"
#include "playbooks/detect/byte_set.hpp"
#include "playbooks/detect/names.hpp"

namespace tocsin::playbooks {
namespace {

enum Kind : std::uint8_t { other, lower_case, digit, hyphen, dot, upper_case, foreign };

constexpr std::array<Kind, 256> kinds = [] {
  std::array<Kind, 256> out{};
  for (int c = 'a'; c <= 'z'; ++c) out[std::size_t(c)] = lower_case;
  for (int c = 'A'; c <= 'Z'; ++c) out[std::size_t(c)] = upper_case;
  for (int c = '0'; c <= '9'; ++c) out[std::size_t(c)] = digit;
  for (int c = 0x80; c <= 0xff; ++c) out[std::size_t(c)] = foreign;
  out['-'] = out['_'] = hyphen;
  out['.'] = dot;
  return out;
}();

constexpr ByteSet host_ends("/?#:@["), authority_ends("/?#");

constexpr std::uint8_t upper_hex = 1, not_hex = 2;
constexpr std::array<std::uint8_t, 256> hex_marks = [] {
  std::array<std::uint8_t, 256> out{};
  out.fill(not_hex);
  for (int c = '0'; c <= '9'; ++c) out[std::size_t(c)] = 0;
  for (int c = 'a'; c <= 'f'; ++c) out[std::size_t(c)] = 0;
  for (int c = 'A'; c <= 'F'; ++c) out[std::size_t(c)] = upper_hex;
  return out;
}();

// What a host name is: canonical already, to be converted, or none.
enum class Form { canonical, other, none };

constexpr std::size_t label_bytes_max = 63;
constexpr unsigned bit(Kind kind) { return 1u << kind; }

struct NameLook {
  Form form = Form::none;
  int labels = 0;
};

NameLook look_at_name(std::string_view text) {
  NameLook out;
  if (text.empty() || text.size() > 4 * domain_bytes_max) return out;
  bool fits = text.size() <= domain_bytes_max && text.back() != '.';
  unsigned seen = 0, in_label = 0;  // Kinds of bytes, a bit each.
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto kind = kinds[std::uint8_t(text[at])];
    seen |= bit(kind);
    if (kind != dot) {
      in_label |= bit(kind);
      continue;
    }
    if (at == begin) return out;
    fits = fits && at - begin <= label_bytes_max;
    ++out.labels;
    begin = at + 1;
    if (begin < text.size()) in_label = 0;
  }
  if (seen & bit(other)) return out;
  if (begin < text.size()) {
    ++out.labels;
    fits = fits && text.size() - begin <= label_bytes_max;
  }
  const bool canonical = fits && !(seen & (bit(upper_case) | bit(foreign)));
  if (canonical && in_label == bit(digit)) return out;  // The last label is a number.
  out.form = canonical ? Form::canonical : Form::other;
  return out;
}

std::optional<std::string_view> kept(Result<std::string> from, std::string& scratch) {
  if (!from) return {};
  scratch = *std::move(from);
  return scratch;
}

bool scheme_is_plain(std::string_view scheme) {
  for (const char c : scheme)
    if (kinds[std::uint8_t(c)] != lower_case) return false;
  return !scheme.empty();
}

// True for `scheme://host/...` in which nothing is left to be made canonical.
bool url_is_plain(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == text.npos || !scheme_is_plain(text.substr(0, colon))) return false;
  const auto from = text.substr(colon + 3);
  const auto end = host_ends.first_in(from);
  if (end == from.npos || from[end] != '/') return false;
  const auto host = from.substr(0, end);
  if (look_at_name(host).form != Form::canonical && !parse_address(host)) return false;
  for (const char c : from.substr(end))
    if (std::uint8_t(c) <= 0x20 || c == 0x7f) return false;
  return true;
}

}  // namespace

std::optional<std::string_view> observed_domain(std::string_view text, std::string& scratch) {
  const auto look = look_at_name(text);
  if (look.form == Form::none || look.labels < 2) return {};
  if (look.form == Form::canonical) return text;
  return kept(canonical_domain(text), scratch);
}

std::optional<std::string_view> observed_url(std::string_view text, std::string& scratch) {
  if (url_is_plain(text)) return text;
  return kept(canonical_url(text), scratch);
}

std::optional<std::string_view> observed_email(std::string_view text, std::string& scratch) {
  if (text.ends_with('>')) {
    const auto open = text.rfind('<');
    if (open == text.npos) return {};
    text = text.substr(open + 1, text.size() - open - 2);
  }
  const auto at = text.rfind('@');
  if (at == text.npos || at == 0 || text.size() > email_bytes_max) return {};
  const auto look = look_at_name(text.substr(at + 1));
  if (look.form == Form::none || look.labels < 2) return {};
  bool plain = look.form == Form::canonical;
  for (const char c : text.substr(0, at)) {
    const auto kind = kinds[std::uint8_t(c)];
    if (kind == other && (c == ' ' || c == '@' || c == '<' || c == ',')) return {};
    plain = plain && kind != upper_case && std::uint8_t(c) > 0x20;
  }
  if (plain) return text;
  return kept(canonical_email(text), scratch);
}

std::optional<std::string_view> observed_hash(std::string_view text, std::string& scratch) {
  if (text.size() != 64 && text.size() != 40 && text.size() != 32) return {};
  unsigned seen = 0;
  for (const char c : text) seen |= hex_marks[std::uint8_t(c)];
  if (seen & not_hex) return {};
  if (!(seen & upper_hex)) return text;
  scratch.assign(text);
  for (char& c : scratch)
    if (c >= 'A' && c <= 'F') c = char(c + 32);
  return scratch;
}

std::string_view host_of(std::string_view url) {
  const auto colon = url.find("://");
  if (colon == url.npos) return {};
  auto authority = url.substr(colon + 3);
  authority = authority.substr(0, authority_ends.first_in(authority));
  if (const auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  return authority.substr(0, authority.find(':'));
}

}  // namespace tocsin::playbooks
