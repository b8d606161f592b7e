#include "mesh/sync/lending.hpp"

#include <algorithm>

#include "crypto/digest.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view prefix = "shown/";

// Another order for each log, so that the load is spread and none is first for all.
std::vector<std::string> carriers_of(const LogKey& log, const std::vector<std::string>& readers,
                                     const std::set<std::string>& connected) {
  std::vector<std::pair<Digest, std::string>> out;
  for (const auto& org : connected) {
    if (std::find(readers.begin(), readers.end(), org) != readers.end()) continue;
    ByteWriter name;
    name.raw(encode_log_key(log));
    name.raw(bytes_of(org));
    out.emplace_back(crypto::blake2b(name.bytes()), org);
  }
  std::sort(out.begin(), out.end());
  std::vector<std::string> names;
  for (auto& [digest, org] : out) names.push_back(std::move(org));
  return names;
}

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

std::optional<std::uint64_t> Lending::first_owed(const Entry& entry,
                                                 const std::set<std::string>& connected) const {
  std::optional<std::uint64_t> out;
  for (const auto& org : entry.orgs) {
    if (connected.contains(org)) continue;  // It gets them from us.
    const auto at = entry.shown.find(org);
    const auto next = at == entry.shown.end() ? 1 : at->second + 1;
    if (next <= entry.newest) out = std::min(out.value_or(next), next);
  }
  return out;
}

std::vector<Lending::Errand> Lending::errands(Instant now,
                                              const std::set<std::string>& connected) {
  std::vector<Errand> out;
  for (auto& [log, entry] : logs_) {
    auto first = first_owed(entry, connected);
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
    auto carriers = carriers_of(log, entry.orgs, connected);
    // Readers that are reached hand it on as well.
    const auto readers = std::size_t(std::count_if(
        entry.orgs.begin(), entry.orgs.end(),
        [&](const std::string& org) { return connected.contains(org); }));
    const auto wanted = entry.carriers - std::min(readers, entry.carriers);
    if (carriers.size() > wanted) carriers.resize(wanted);
    for (auto& carrier : carriers) {
      const auto given = entry.given.find(carrier);
      const auto from = given == entry.given.end() ? *first : std::max(*first, given->second + 1);
      if (from <= entry.newest) out.push_back({std::move(carrier), log, {from, entry.newest}});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Errand& a, const Errand& b) {
    return hurries(a.log) && !hurries(b.log);
  });
  return out;
}

void Lending::given(const Errand& errand, std::uint64_t up_to) {
  const auto at = logs_.find(errand.log);
  if (at != logs_.end()) at->second.given[errand.carrier] = up_to;
}

void Lending::lost(std::string_view carrier) {
  for (auto& [log, entry] : logs_)
    if (const auto at = entry.given.find(carrier); at != entry.given.end()) entry.given.erase(at);
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
