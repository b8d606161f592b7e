#include "playbooks/detect/indicator_index.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

std::string_view key_bytes(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.v6 ? 16u : 4u};
}

constexpr std::size_t touched_words = 65536 / 64;

}  // namespace

std::uint64_t fingerprint_of(const FingerprintKey& key, const Address& address) {
  const auto type = address.v6 ? IndicatorType::ipv6 : IndicatorType::ipv4;
  return key.hash(std::uint64_t(type), key_bytes(address));
}

std::uint64_t fingerprint_of(const FingerprintKey& key, const Network& network) {
  const std::uint64_t domain = std::uint64_t(IndicatorType::cidr) | 0x100ull |
                               std::uint64_t(network.prefix) << 16 |
                               std::uint64_t(network.address.v6) << 32;
  return key.hash(domain, key_bytes(network.address));
}

std::uint64_t fingerprint_of(const FingerprintKey& key, IndicatorType type,
                             std::string_view text) {
  return key.hash(std::uint64_t(type), text);
}

IndicatorIndex::IndicatorIndex(Entropy& entropy) : key_(FingerprintKey::make(entropy)) {}

std::optional<std::uint64_t> IndicatorIndex::fingerprint(IndicatorType type,
                                                         std::string_view value) const {
  switch (type) {
    case IndicatorType::ipv4:
    case IndicatorType::ipv6: {
      const auto address = parse_address(value);
      if (!address || address->v6 != (type == IndicatorType::ipv6)) return {};
      return fingerprint_of(key_, *address);
    }
    case IndicatorType::cidr: {
      const auto network = parse_network(value);
      if (!network) return {};
      return fingerprint_of(key_, *network);
    }
    case IndicatorType::domain:
    case IndicatorType::url:
    case IndicatorType::sha256:
    case IndicatorType::sha1:
    case IndicatorType::md5:
    case IndicatorType::email:
      if (value.empty()) return {};
      return fingerprint_of(key_, type, value);
    case IndicatorType::pattern: return {};
  }
  return {};
}

Result<void> IndicatorIndex::insert(std::uint32_t ordinal, IndicatorType type,
                                    std::string_view value) {
  if (type == IndicatorType::pattern)
    return fail(Errc::unsupported, "index: a pattern is no value to look up");
  const auto key = fingerprint(type, value);
  if (!key) return fail(Errc::invalid, "index: `{}` is no {}", shown(value), name_of(type));
  if (!table(type).insert(*key, ordinal, same_value_max))
    return fail(Errc::full, "index: {} indicators have the value `{}` already", same_value_max,
                shown(value));
  if (type == IndicatorType::cidr) note_network(*parse_network(value), true);
  return {};
}

bool IndicatorIndex::remove(std::uint32_t ordinal, IndicatorType type, std::string_view value) {
  const auto key = fingerprint(type, value);
  if (!key || !table(type).remove(*key, ordinal)) return false;
  if (type == IndicatorType::cidr) note_network(*parse_network(value), false);
  return true;
}

std::vector<std::uint32_t> IndicatorIndex::find(IndicatorType type, std::string_view value,
                                                const Confirm& confirm) const {
  std::vector<std::uint32_t> out;
  if (const auto key = fingerprint(type, value))
    table(type).find(*key, [&](std::uint32_t ordinal) {
      if (confirm(ordinal, type, value)) out.push_back(ordinal);
    });
  return out;
}

void IndicatorIndex::note_network(const Network& network, bool added) {
  const bool v6 = network.address.v6;
  auto& count = v6 ? v6_prefixes_[network.prefix] : v4_prefixes_[network.prefix];
  added ? ++count : --count;
  auto& lengths = v6 ? v6_lengths_ : v4_lengths_;
  if (added && count == 1) lengths.push_back(network.prefix);
  if (!added && count == 0) std::erase(lengths, network.prefix);
  if (!added) return;  // A bit too many costs a probe, never a hit.
  auto& touched = v6 ? v6_touched_ : v4_touched_;
  if (touched.empty()) touched.resize(touched_words);
  const std::uint32_t first = network.address.bytes[0] << 8 | network.address.bytes[1];
  const std::uint32_t many = network.prefix >= 16 ? 1 : 1u << (16 - network.prefix);
  for (std::uint32_t at = first; at < first + many; ++at)
    touched[at / 64] |= 1ull << (at % 64);
}

std::span<const std::uint8_t> IndicatorIndex::prefixes_at(const Address& address) const {
  const auto& touched = address.v6 ? v6_touched_ : v4_touched_;
  if (touched.empty()) return {};
  const std::uint32_t at = address.bytes[0] << 8 | address.bytes[1];
  if ((touched[at / 64] >> (at % 64) & 1) == 0) return {};
  return address.v6 ? v6_lengths_ : v4_lengths_;
}

std::size_t IndicatorIndex::size() const {
  std::size_t out = 0;
  for (const auto& one : tables_) out += one.size();
  return out;
}

std::size_t IndicatorIndex::size(IndicatorType type) const { return table(type).size(); }

std::size_t IndicatorIndex::bytes() const {
  std::size_t out = sizeof *this + 8 * (v4_touched_.capacity() + v6_touched_.capacity());
  for (const auto& one : tables_) out += one.bytes();
  return out;
}

}  // namespace tocsin::playbooks
