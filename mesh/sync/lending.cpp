#include "mesh/sync/lending.hpp"

#include <algorithm>
#include <span>

#include "crypto/digest.hpp"
#include "mesh/sync/absent_ranges.hpp"
#include "mesh/sync/head_table.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view prefix = "shown/";

bool hurries(const LogKey& log) { return log.log_class != LogClass::indicator; }

}  // namespace

void Lending::has(const LogKey& log, const std::vector<std::string>& orgs, std::uint64_t newest,
                  bool at_start) {
  auto& entry = logs_[log];
  if (entry.orgs.empty()) entry.orgs = orgs;
  entry.newest = std::max(entry.newest, newest);
  if (at_start) entry.at_start = entry.newest;
}

void Lending::shown(const LogKey& log, std::string_view org, std::uint64_t contiguous) {
  const auto at = logs_.find(log);
  if (at == logs_.end()) return;
  auto& entry = at->second;
  if (std::find(entry.orgs.begin(), entry.orgs.end(), org) == entry.orgs.end()) return;
  auto& known = entry.shown[std::string(org)];
  contiguous = std::min(contiguous, entry.newest);
  if (contiguous <= known) return;
  known = contiguous;
  entry.changed = true;
}

std::vector<std::pair<LogKey, std::uint64_t>> Lending::logs_for(std::string_view org) const {
  std::vector<std::pair<LogKey, std::uint64_t>> out;
  for (const auto& [log, entry] : logs_)
    if (std::find(entry.orgs.begin(), entry.orgs.end(), org) != entry.orgs.end())
      out.emplace_back(log, entry.newest);
  return out;
}

void Lending::holds(const LogHead& head, const AgentId& agent) {
  const auto at = logs_.find(head.key);
  if (at == logs_.end()) return;
  const auto newest = at->second.newest;
  // A shown head is whole: what was claimed before and is not in it is not held.
  std::vector<SequenceRange> held;
  if (const auto up_to = std::min(head.contiguous, newest); up_to > 0) held.push_back({1, up_to});
  const auto count = std::min(head.ranges.size(), head_ranges_max);
  for (const auto& range : std::span(head.ranges).first(count))
    if (range.first <= newest) merge(held, {range.first, std::min(range.last, newest)});
  at->second.held[agent] = std::move(held);
}

std::optional<std::uint64_t> Lending::first_owed(const Entry& entry,
                                                 const Reached& reached) const {
  std::optional<std::uint64_t> out;
  for (const auto& org : entry.orgs) {
    if (reached.contains(org)) continue;  // It gets them from us.
    const auto at = entry.shown.find(org);
    const auto next = at == entry.shown.end() ? 1 : at->second + 1;
    if (next <= entry.newest) out = std::min(out.value_or(next), next);
  }
  return out;
}

// Another order of organisations for each log, so that the load is spread and none is first for
// all. Readers that are reached hand it on as well.
std::vector<AgentId> Lending::carriers_of(const LogKey& log, const Entry& entry,
                                          const Reached& reached) const {
  std::size_t readers = 0;
  std::vector<std::pair<Digest, const std::optional<AgentId>*>> others;
  for (const auto& [org, agent] : reached) {
    if (std::find(entry.orgs.begin(), entry.orgs.end(), org) != entry.orgs.end()) {
      ++readers;
    } else if (org != org_) {
      ByteWriter name;
      name.raw(encode_log_key(log));
      name.raw(bytes_of(org));
      others.emplace_back(crypto::blake2b(name.bytes()), &agent);
    }
  }
  std::sort(others.begin(), others.end());
  const auto wanted = entry.carriers - std::min(readers, entry.carriers);
  if (others.size() > wanted) others.resize(wanted);
  std::vector<AgentId> out;
  for (const auto& [digest, agent] : others)
    if (*agent) out.push_back(**agent);
  return out;
}

std::vector<Lending::Errand> Lending::errands(Instant now, const Reached& reached) {
  std::vector<Errand> out;
  for (auto& [log, entry] : logs_) {
    auto first = first_owed(entry, reached);
    if (!first) {
      entry.carriers = carriers_first;
      entry.owing_since.reset();
      continue;
    }
    if (!entry.owing_since) entry.owing_since = now;
    if (now - *entry.owing_since >= more_every) {
      entry.carriers = std::min(entry.carriers + carriers_first, orgs_max);
      entry.owing_since = now;
    }
    if (now < settled_) first = std::max(*first, entry.at_start + 1);
    if (entry.newest > lent_max) first = std::max(*first, entry.newest - lent_max + 1);
    if (*first > entry.newest) continue;
    for (const auto& carrier : carriers_of(log, entry, reached))
      for (const auto& lacking : subtract({*first, entry.newest}, entry.held[carrier]))
        for (const auto& range : subtract(lacking, entry.given[carrier]))
          out.push_back({carrier, log, range});
  }
  std::stable_sort(out.begin(), out.end(), [](const Errand& a, const Errand& b) {
    return hurries(a.log) && !hurries(b.log);
  });
  return out;
}

void Lending::given(const Errand& errand, std::uint64_t up_to) {
  const auto at = logs_.find(errand.log);
  if (at != logs_.end()) merge(at->second.given[errand.carrier], {errand.range.first, up_to});
}

void Lending::lost(const AgentId& carrier) {
  for (auto& [log, entry] : logs_) {
    entry.given.erase(carrier);
    entry.held.erase(carrier);
  }
}

// Key: prefix ‖ log key. Value: count[1] ‖ (name[1+n] ‖ sequence[8]) each.
std::vector<std::pair<Bytes, Bytes>> Lending::take_changes() {
  std::vector<std::pair<Bytes, Bytes>> out;
  for (auto& [log, entry] : logs_) {
    if (!std::exchange(entry.changed, false)) continue;
    ByteWriter key, value;
    key.raw(fact_prefix());
    key.raw(encode_log_key(log));
    value.u8(std::uint8_t(entry.shown.size()));
    for (const auto& [org, sequence] : entry.shown) {
      value.text8(org);
      value.u64(sequence);
    }
    out.emplace_back(std::move(key).take(), std::move(value).take());
  }
  return out;
}

void Lending::restore(ByteView key, ByteView value) {
  if (key.size() != prefix.size() + log_key_bytes) return;
  const auto log = decode_log_key(key.subspan(prefix.size()));
  if (!log) return;
  std::map<std::string, std::uint64_t, std::less<>> shown;
  ByteReader in(value);
  const std::size_t count = in.u8();
  if (count > orgs_max) return;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    std::string org(in.text8());
    shown[std::move(org)] = in.u64();
  }
  if (in.done()) logs_[*log].shown = std::move(shown);
}

ByteView Lending::fact_prefix() { return bytes_of(prefix); }

}  // namespace tocsin::mesh
