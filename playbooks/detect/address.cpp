#include "playbooks/detect/address.hpp"

#include <cstring>

#include <fmt/format.h>

namespace tocsin::playbooks {
namespace {

bool parse_v4(std::string_view text, std::uint8_t* out) {
  if (text.size() < 7 || text.size() > 15) return false;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && (at == end || *at++ != '.')) return false;
    unsigned number = 0;
    int digits = 0;
    for (; at != end && *at >= '0' && *at <= '9'; ++at, ++digits) {
      if (digits == 3 || (digits == 1 && number == 0)) return false;
      number = number * 10 + unsigned(*at - '0');
    }
    if (digits == 0 || number > 255) return false;
    out[octet] = std::uint8_t(number);
  }
  return at == end;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Reads one group of one to four hex digits at `at`.
bool read_group(std::string_view text, std::size_t& at, unsigned& group) {
  const std::size_t from = at;
  group = 0;
  for (; at < text.size() && at - from < 5; ++at) {
    const int digit = hex_digit(text[at]);
    if (digit < 0) break;
    group = group * 16 + unsigned(digit);
  }
  return at > from && at - from <= 4;
}

// Moves what follows `::` to the end; `gap` is its place, or negative where there was none.
bool close_gap(std::uint8_t* out, std::size_t filled, std::ptrdiff_t gap) {
  if (gap < 0) return filled == 16;
  if (filled > 14) return false;
  const std::size_t tail = filled - std::size_t(gap);
  std::memmove(out + 16 - tail, out + gap, tail);
  std::memset(out + gap, 0, 16 - filled);
  return true;
}

bool parse_v6(std::string_view text, std::uint8_t* out) {
  if (text.size() < 2 || text.size() > 45) return false;
  std::size_t at = 0, filled = 0;
  std::ptrdiff_t gap = -1;
  if (text[0] == ':') {
    if (text[1] != ':') return false;
    gap = 0;
    at = 2;
  }
  while (at < text.size()) {
    if (filled == 16) return false;
    const std::size_t from = at;
    unsigned group = 0;
    if (!read_group(text, at, group)) return false;
    if (at < text.size() && text[at] == '.') {
      if (filled > 12 || !parse_v4(text.substr(from), out + filled)) return false;
      filled += 4;
      break;
    }
    out[filled++] = std::uint8_t(group >> 8);
    out[filled++] = std::uint8_t(group);
    if (at == text.size()) break;
    if (text[at++] != ':' || at == text.size()) return false;
    if (text[at] == ':') {
      if (gap >= 0) return false;
      gap = std::ptrdiff_t(filled);
      ++at;
    }
  }
  return close_gap(out, filled, gap);
}

bool is_mapped(const std::uint8_t* bytes) {
  static constexpr std::uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(bytes, prefix, sizeof prefix) == 0;
}

// The first longest run of at least two zero groups: [begin, end).
std::pair<int, int> zero_run(const std::array<std::uint8_t, 16>& bytes) {
  std::pair<int, int> best{-1, -1};
  for (int group = 0; group < 8;) {
    int end = group;
    while (end < 8 && bytes[std::size_t(2 * end)] == 0 && bytes[std::size_t(2 * end + 1)] == 0)
      ++end;
    if (end - group >= 2 && end - group > best.second - best.first) best = {group, end};
    group = end == group ? group + 1 : end;
  }
  return best;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  Address out;
  if (parse_v4(text, out.bytes.data())) return out;
  if (text.find(':') == text.npos || !parse_v6(text, out.bytes.data())) return {};
  out.v6 = true;
  if (is_mapped(out.bytes.data())) {
    Address plain;
    std::memcpy(plain.bytes.data(), out.bytes.data() + 12, 4);
    return plain;
  }
  return out;
}

std::string to_text(const Address& address) {
  const auto& b = address.bytes;
  if (!address.v6) return fmt::format("{}.{}.{}.{}", b[0], b[1], b[2], b[3]);
  const auto [from, to] = zero_run(b);
  std::string out;
  for (int group = 0; group < 8; ++group) {
    if (group == from) {
      out += "::";
      group = to - 1;
      continue;
    }
    if (group > 0 && group != to) out += ':';
    out += fmt::format("{:x}", b[std::size_t(2 * group)] << 8 | b[std::size_t(2 * group + 1)]);
  }
  return out;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == text.npos) return {};
  const auto digits = text.substr(slash + 1);
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits[0] == '0')) return {};
  unsigned prefix = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return {};
    prefix = prefix * 10 + unsigned(c - '0');
  }
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return {};
  const bool was_mapped = !address->v6 && text.find(':') != text.npos;
  if (was_mapped) {
    if (prefix < 96 || prefix > 128) return {};
    prefix -= 96;
  }
  if (prefix > (address->v6 ? 128u : 32u)) return {};
  return Network{masked(*address, std::uint8_t(prefix)), std::uint8_t(prefix)};
}

std::string to_text(const Network& network) {
  return fmt::format("{}/{}", to_text(network.address), network.prefix);
}

Address masked(const Address& address, std::uint8_t prefix) {
  Address out = address;
  const std::size_t whole = prefix / 8;
  const unsigned left = prefix % 8;
  if (whole >= 16) return out;
  out.bytes[whole] = left == 0 ? 0 : std::uint8_t(out.bytes[whole] & (0xff00 >> left));
  std::memset(out.bytes.data() + whole + 1, 0, 15 - whole);
  return out;
}

}  // namespace tocsin::playbooks
