#include "playbooks/detect/correlation.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

std::int64_t window_ms(const JointRule& rule) {
  return std::max<std::int64_t>(
      1, std::chrono::duration_cast<std::chrono::milliseconds>(rule.window).count());
}

}  // namespace

IncidentId joint_incident_id(const FederationId& federation, const JointRule& rule,
                             const Digest& key, std::int64_t bucket) {
  const std::uint8_t zero = 0;
  ByteWriter number;
  number.u64(std::uint64_t(bucket));
  const auto digest =
      crypto::blake2b({bytes_of("tocsin.joint"), federation.view(), bytes_of(rule.name),
                       ByteView(&zero, 1), key.view(), number.bytes()});
  return *IncidentId::from(digest.view().first(IncidentId::size));
}

JointDetection::JointDetection(FederationId federation, JointRule rule)
    : federation_(federation), rule_(std::move(rule)) {}

std::optional<Digest> JointDetection::key_of(const Sighting& sighting) const {
  switch (rule_.by) {
    case JointKey::indicator: return sighting.value_key;
    case JointKey::technique:
      if (sighting.technique.empty()) return {};
      return crypto::blake2b({bytes_of("tocsin.technique"), bytes_of(sighting.technique)});
  }
  return {};
}

void JointDetection::note(Key& key, const OrgSighting& from, std::int64_t ms) {
  auto& bucket = key.buckets[floor_div(ms, window_ms(rule_))];
  if (!bucket.contains(from.org) && bucket.size() == orgs_max) return;
  const auto [at, fresh] = bucket.try_emplace(from.org, Seen{ms, ms, {}, from.marking});
  Seen& seen = at->second;
  seen.first = std::min(seen.first, ms);
  seen.last = std::max(seen.last, ms);
  seen.marking = mesh::intersect(seen.marking, from.marking);
  seen.indicators.insert(from.sighting.indicator);
  // The largest go, not the latest: so the order of arrival does not matter.
  if (seen.indicators.size() > indicators_max) seen.indicators.erase(--seen.indicators.end());
}

// Two organisations in this bucket, or the later one here and the earlier one in the bucket
// before, no further away than the window.
bool JointDetection::joint(const Buckets& buckets, Buckets::const_iterator at) const {
  if (at->second.size() >= 2) return true;
  const auto before = buckets.find(at->first - 1);
  if (before == buckets.end()) return false;
  for (const auto& [org, here] : at->second)
    for (const auto& [other, there] : before->second)
      if (other != org && here.first - there.last <= window_ms(rule_)) return true;
  return false;
}

std::optional<JointIncident> JointDetection::around(const Digest& id, const Key& key,
                                                    std::int64_t bucket) const {
  auto at = key.buckets.find(bucket);
  if (at == key.buckets.end() || !joint(key.buckets, at)) return {};
  while (at != key.buckets.begin()) {
    const auto before = std::prev(at);
    if (before->first != at->first - 1 || !joint(key.buckets, before)) break;
    at = before;
  }
  JointIncident out;
  out.rule = rule_.name;
  out.key = id;
  out.technique = key.technique;
  std::set<std::string> orgs;
  std::set<Digest> indicators;
  std::set<IncidentId> ids;
  bool first = true;
  const auto gather = [&](const Bucket& from) {
    for (const auto& [org, seen] : from) {
      orgs.insert(org);
      indicators.insert(seen.indicators.begin(), seen.indicators.end());
      out.marking = first ? seen.marking : mesh::intersect(out.marking, seen.marking);
      out.first_seen.ms = first ? seen.first : std::min(out.first_seen.ms, seen.first);
      out.last_seen.ms = first ? seen.last : std::max(out.last_seen.ms, seen.last);
      first = false;
    }
  };
  // The earlier sighting of the first pair may lie in the bucket before the run.
  if (const auto before = key.buckets.find(at->first - 1);
      before != key.buckets.end() && at->second.size() < 2)
    gather(before->second);
  for (auto number = at->first; at != key.buckets.end() && at->first == number &&
                                joint(key.buckets, at);
       ++at, ++number) {
    gather(at->second);
    ids.insert(joint_incident_id(federation_, rule_, id, number));
  }
  out.id = *ids.begin();
  out.aliases.assign(std::next(ids.begin()), ids.end());
  out.orgs.assign(orgs.begin(), orgs.end());
  out.indicators.assign(indicators.begin(), indicators.end());
  if (out.indicators.size() > indicators_max) out.indicators.resize(indicators_max);
  return out;
}

std::optional<JointIncident> JointDetection::add(const OrgSighting& from) {
  const auto id = key_of(from.sighting);
  if (!id) return {};
  const auto first = floor_div(from.sighting.first_seen.ms, window_ms(rule_));
  const auto last = floor_div(from.sighting.last_seen.ms, window_ms(rule_));
  const std::set<std::int64_t> near{first, first + 1, last, last + 1};
  Key& key = keys_[*id];
  std::map<std::int64_t, std::optional<JointIncident>> before;
  for (const auto bucket : near) before[bucket] = around(*id, key, bucket);
  note(key, from, from.sighting.first_seen.ms);
  note(key, from, from.sighting.last_seen.ms);
  // The smallest of all, whichever came first.
  if (const auto& name = from.sighting.technique;
      !name.empty() && (key.technique.empty() || name < key.technique))
    key.technique = name;
  by_last_seen_.erase({key.last_seen, *id});
  key.last_seen = std::max(key.last_seen, from.sighting.last_seen.ms);
  by_last_seen_.insert({key.last_seen, *id});
  while (key.buckets.size() > buckets_max) drop_oldest_bucket(*id, key);
  std::optional<JointIncident> out;
  for (const auto bucket : near) {
    auto after = around(*id, key, bucket);
    if (!after) continue;
    ids_.insert_or_assign(joint_incident_id(federation_, rule_, *id, bucket), std::pair(*id, bucket));
    if (after != before[bucket]) out = std::move(after);
  }
  make_room();
  return out;
}

void JointDetection::drop_oldest_bucket(const Digest& id, Key& key) {
  const auto oldest = key.buckets.begin();
  ids_.erase(joint_incident_id(federation_, rule_, id, oldest->first));
  key.buckets.erase(oldest);
}

void JointDetection::make_room() {
  if (keys_.size() <= keys_max) return;
  const auto oldest = keys_.find(by_last_seen_.begin()->second);
  while (!oldest->second.buckets.empty()) drop_oldest_bucket(oldest->first, oldest->second);
  by_last_seen_.erase(by_last_seen_.begin());
  keys_.erase(oldest);
}

std::vector<JointIncident> JointDetection::incidents() const {
  std::map<IncidentId, JointIncident> out;
  for (const auto& [id, key] : keys_)
    for (const auto& [number, bucket] : key.buckets) {
      const auto previous = key.buckets.find(number - 1);
      // Each run once: at its first bucket.
      if (previous != key.buckets.end() && joint(key.buckets, previous)) continue;
      if (auto one = around(id, key, number)) out.emplace(one->id, *std::move(one));
    }
  std::vector<JointIncident> list;
  for (auto& [id, one] : out) list.push_back(std::move(one));
  return list;
}

std::optional<IncidentId> JointDetection::resolve(const IncidentId& id) const {
  const auto at = ids_.find(id);
  if (at == ids_.end()) return {};
  const auto& [key, bucket] = at->second;
  const auto held = around(key, keys_.at(key), bucket);
  if (!held) return {};
  return held->id;
}

}  // namespace tocsin::playbooks
