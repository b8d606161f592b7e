#include "playbooks/act/prefix_set.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace tocsin::playbooks {
namespace {

constexpr std::uint64_t ipv4_marker = 0xffff00000000;

PrefixAddress host_mask(int length) {
  if (length >= 128) return {0, 0};
  if (length >= 64) return {0, length == 64 ? ~0ull : ~0ull >> (length - 64)};
  return {length == 0 ? ~0ull : ~0ull >> length, ~0ull};
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t out = 0;
  for (int part = 0; part < 4; ++part) {
    const auto end = part < 3 ? text.find('.') : text.size();
    if (end == text.npos || end == 0 || end > 3) return std::nullopt;
    if (end > 1 && text[0] == '0') return std::nullopt;
    unsigned value = 0;
    const auto [last, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc{} || last != text.data() + end || value > 255) return std::nullopt;
    out = out << 8 | value;
    text.remove_prefix(part < 3 ? end + 1 : end);
  }
  return out;
}

/// The 16-bit groups of one side of "::"; an IPv4 tail counts as two.
std::optional<std::vector<std::uint16_t>> parse_groups(std::string_view text) {
  std::vector<std::uint16_t> out;
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    const auto part = text.substr(0, end);
    if (end == text.size() && part.find('.') != part.npos) {
      const auto v4 = parse_ipv4(part);
      if (!v4) return std::nullopt;
      out.push_back(std::uint16_t(*v4 >> 16));
      out.push_back(std::uint16_t(*v4));
      return out;
    }
    std::uint16_t value = 0;
    const auto [last, error] =
        std::from_chars(part.data(), part.data() + part.size(), value, 16);
    if (part.empty() || part.size() > 4 || error != std::errc{} ||
        last != part.data() + part.size())
      return std::nullopt;
    out.push_back(value);
    if (out.size() > 8) return std::nullopt;
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
  }
  return out;
}

std::optional<PrefixAddress> parse_ipv6(std::string_view text) {
  if (text.size() < 2 || text.size() > 45) return std::nullopt;
  const auto gap = text.find("::");
  const auto left = parse_groups(text.substr(0, std::min(gap, text.size())));
  if (!left) return std::nullopt;
  std::array<std::uint16_t, 8> groups{};
  std::copy(left->begin(), left->end(), groups.begin());
  if (gap == text.npos) {
    if (left->size() != 8) return std::nullopt;
  } else {
    const auto right = parse_groups(text.substr(gap + 2));
    if (!right || left->size() + right->size() > 7) return std::nullopt;
    std::copy(right->begin(), right->end(), groups.end() - std::ptrdiff_t(right->size()));
  }
  PrefixAddress out;
  for (int i = 0; i < 4; ++i) out.high = out.high << 16 | groups[std::size_t(i)];
  for (int i = 4; i < 8; ++i) out.low = out.low << 16 | groups[std::size_t(i)];
  return out;
}

std::string ipv6_text(const PrefixAddress& address) {
  std::array<unsigned, 8> groups{};
  for (int i = 0; i < 4; ++i) {
    groups[std::size_t(i)] = unsigned(address.high >> (48 - 16 * i) & 0xffff);
    groups[std::size_t(i) + 4] = unsigned(address.low >> (48 - 16 * i) & 0xffff);
  }
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) best = i, best_length = length;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", groups[i]);
  }
  return out;
}

}  // namespace

PrefixAddress Prefix::last() const {
  const auto mask = host_mask(length);
  return {address.high | mask.high, address.low | mask.low};
}

std::optional<Prefix> parse_single_address(std::string_view text) {
  if (const auto v4 = parse_ipv4(text)) return Prefix{{0, ipv4_marker | *v4}, 128, true};
  const auto v6 = parse_ipv6(text);
  if (!v6) return std::nullopt;
  const bool mapped = v6->high == 0 && (v6->low >> 32) == 0xffff;
  return Prefix{*v6, 128, mapped};
}

std::optional<Prefix> parse_prefix(std::string_view text) {
  const auto slash = text.find('/');
  auto out = parse_single_address(text.substr(0, std::min(slash, text.size())));
  if (!out || slash == text.npos) return out;
  const auto digits = text.substr(slash + 1);
  int length = 0;
  const auto [last, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool dotted = out->ipv4 && text.find(':') == text.npos;
  if (digits.empty() || error != std::errc{} || last != digits.data() + digits.size() ||
      length < 0 || length > (dotted ? 32 : 128))
    return std::nullopt;
  out->length = dotted ? length + 96 : length;
  if (out->length < 96) out->ipv4 = false;
  const auto mask = host_mask(out->length);
  out->address = {out->address.high & ~mask.high, out->address.low & ~mask.low};
  return out;
}

std::string to_text(const Prefix& prefix) {
  const auto v4 = std::uint32_t(prefix.address.low);
  auto out = prefix.ipv4 ? fmt::format("{}.{}.{}.{}", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255,
                                       v4 & 255)
                         : ipv6_text(prefix.address);
  if (prefix.length < 128)
    out += fmt::format("/{}", prefix.ipv4 ? prefix.length - 96 : prefix.length);
  return out;
}

void PrefixSet::seal() {
  std::sort(entries_.begin(), entries_.end(), [](const Prefix& a, const Prefix& b) {
    return a.address != b.address ? a.address < b.address : a.length < b.length;
  });
  reach_.clear();
  reach_.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const bool wider =
        i == 0 || entries_[reach_[i - 1]].last() < entries_[i].last();
    reach_.push_back(wider ? i : reach_[i - 1]);
  }
}

const Prefix* PrefixSet::overlap(const Prefix& prefix) const {
  TOCSIN_ASSERT(reach_.size() == entries_.size());
  const auto last = prefix.last();
  const auto above = std::upper_bound(
      entries_.begin(), entries_.end(), last,
      [](const PrefixAddress& at, const Prefix& entry) { return at < entry.address; });
  if (above == entries_.begin()) return nullptr;
  // Of all entries that begin at or before our end, the one that reaches furthest.
  const auto& entry = entries_[reach_[std::size_t(above - entries_.begin()) - 1]];
  return entry.last() < prefix.address ? nullptr : &entry;
}

}  // namespace tocsin::playbooks
