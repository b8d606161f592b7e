#include "playbooks/incidents/incident_book.hpp"

#include <set>
#include <unordered_set>

#include "crypto/base_encoding.hpp"
#include "playbooks/incidents/incident_fold.hpp"

namespace tocsin::playbooks {

namespace {

/// What is known under one id, before merging.
struct Opened {
  std::vector<IncidentEntry> entries;
  std::set<RunId> runs;
  std::set<TimelineEntry> added;
  std::optional<IncidentOpening> provisional;  ///< what the own correlator says
  bool asked = false;                          ///< it was asked to be published
};

template <typename T>
bool covers(const std::set<T>& all, const std::vector<T>& some) {
  return std::ranges::all_of(some, [&](const auto& one) { return all.contains(one); });
}

constexpr std::size_t candidates_named = 3;

}  // namespace

struct IncidentBook::State {
  std::map<IncidentId, Opened> by_id;
  std::map<IncidentId, IncidentId> canonical;           ///< every id that is an alias → smallest
  std::map<IncidentId, std::set<IncidentId>> members;   ///< smallest → all of a merged group
  std::map<std::string, IncidentId, std::less<>> by_text;
  std::map<Digest, std::set<IncidentId>> by_indicator;
  std::unordered_set<Digest, PrefixHash<Digest>> seen;
  std::size_t entries = 0;

  IncidentId root(const IncidentId& id) const {
    const auto at = canonical.find(id);
    return at == canonical.end() ? id : at->second;
  }

  Result<Opened*> opened(const IncidentId& id) {
    const auto at = by_id.find(id);
    if (at != by_id.end()) return &at->second;
    if (by_id.size() >= incidents_max)
      return fail(Errc::full, "{} incidents are known, no more are taken", incidents_max);
    by_text.emplace(to_base32(id), id);
    return &by_id[id];
  }

  /// From now on both are one, under the smaller id.
  void merge(const IncidentId& a, const IncidentId& b) {
    auto keep = root(a), lose = root(b);
    if (keep == lose) return;
    if (lose < keep) std::swap(keep, lose);
    auto& kept = members[keep];
    kept.insert(keep);
    auto lost = std::move(members[lose]);
    members.erase(lose);
    lost.insert(lose);
    for (const auto& id : lost) canonical[id] = keep;
    kept.merge(lost);
  }

  std::set<IncidentId> group(const IncidentId& id) const {
    const auto at = members.find(root(id));
    return at == members.end() ? std::set{root(id)} : at->second;
  }

  std::vector<const IncidentEntry*> entries_of(const IncidentId& id) const {
    std::vector<const IncidentEntry*> out;
    for (const auto& member : group(id))
      if (const auto at = by_id.find(member); at != by_id.end())
        for (const auto& entry : at->second.entries) out.push_back(&entry);
    return out;
  }

  Result<void> link(const IncidentRecord& record) {
    std::vector<IncidentId> others;
    if (record.opening) others = record.opening->aliases;
    if (record.change && record.change->operation == IncidentOperation::merge)
      others.push_back(record.change->other);
    for (const auto& other : others)
      if (const auto known = opened(other); !known) return std::unexpected(known.error());
    for (const auto& other : others) merge(record.incident(), other);
    if (record.opening)
      for (const auto& indicator : record.opening->indicators)
        by_indicator[indicator].insert(record.incident());
    return {};
  }

  /// The incident of a group; nothing while only changes without an opening are known.
  std::optional<Incident> fold(const IncidentId& id, bool with_provisional) const {
    const auto entries = entries_of(id);
    const auto ids = group(id);
    std::optional<Incident> out;
    if (std::ranges::any_of(entries, [](const auto* e) { return e->record.opening.has_value(); }))
      out = fold_incident(entries);
    else if (with_provisional)
      out = provisional(ids);
    if (!out) return {};
    out->id = *ids.begin();
    out->aliases.assign(std::next(ids.begin()), ids.end());
    for (const auto& member : ids)
      if (const auto at = by_id.find(member); at != by_id.end())
        out->runs.insert(out->runs.end(), at->second.runs.begin(), at->second.runs.end());
    sort_distinct(out->runs);
    return out;
  }

  std::optional<Incident> provisional(const std::set<IncidentId>& ids) const {
    for (const auto& id : ids) {
      const auto at = by_id.find(id);
      if (at == by_id.end() || !at->second.provisional) continue;
      const auto& found = *at->second.provisional;
      Incident out;
      out.title = found.title;
      out.rule = found.rule;
      out.orgs = found.orgs;
      out.indicators = found.indicators;
      out.techniques = found.techniques;
      out.opened = found.opened;
      out.last_seen = found.last_seen;
      out.provisional = true;
      return out;
    }
    return {};
  }

  std::set<IncidentId> roots() const {
    std::set<IncidentId> out;
    for (const auto& [id, opened] : by_id) out.insert(root(id));
    return out;
  }

  /// True when the opening records of `org` say all that `found` says.
  bool told(const IncidentOpening& found, std::string_view org) const {
    std::set<IncidentId> ids;
    std::set<Digest> indicators;
    std::set<std::string> orgs;
    WallTime last_seen{INT64_MIN};
    for (const auto* entry : entries_of(found.incident)) {
      if (!entry->record.opening || entry->org != org) continue;
      const auto& opening = *entry->record.opening;
      ids.insert(opening.incident);
      ids.insert(opening.aliases.begin(), opening.aliases.end());
      indicators.insert(opening.indicators.begin(), opening.indicators.end());
      orgs.insert(opening.orgs.begin(), opening.orgs.end());
      last_seen = std::max(last_seen, opening.last_seen);
    }
    const auto folded = fold(found.incident, false);
    const bool closed = folded && folded->state == IncidentState::closed;
    return ids.contains(found.incident) && covers(ids, found.aliases) &&
           covers(indicators, found.indicators) && covers(orgs, found.orgs) &&
           !(closed && found.last_seen > last_seen);
  }
};

IncidentBook::IncidentBook() : state_(std::make_unique<State>()) {}
IncidentBook::~IncidentBook() = default;
IncidentBook::IncidentBook(IncidentBook&&) noexcept = default;

Result<bool> IncidentBook::take(const mesh::RecordView& record, std::string_view org) {
  const auto id = record.id();
  if (state_->seen.contains(id)) return false;
  if (state_->seen.size() >= records_max)
    return fail(Errc::full, "{} records of incidents are held, no more are taken", records_max);
  auto decoded = decode_incident(record);
  if (!decoded) return std::unexpected(decoded.error());
  const auto opened = state_->opened(decoded->incident());
  if (!opened) return std::unexpected(opened.error());
  const auto linked = state_->link(*decoded);
  if (!linked) return std::unexpected(linked.error());
  (*opened)->entries.push_back(
      {record.header.created, id, std::string(org), std::move(*decoded)});
  state_->seen.insert(id);
  return true;
}

Result<bool> IncidentBook::observe(const IncidentOpening& found, std::string_view org) {
  const auto opened = state_->opened(found.incident);
  if (!opened) return std::unexpected(opened.error());
  auto& here = **opened;
  const bool said_before = here.asked && here.provisional &&
                           here.provisional->aliases == found.aliases &&
                           here.provisional->indicators == found.indicators &&
                           here.provisional->orgs == found.orgs;
  const bool told = state_->told(found, org);
  const auto folded = state_->fold(found.incident, false);
  const bool closed = folded && folded->state == IncidentState::closed;
  here.provisional = found;
  here.asked = !told;
  for (const auto& indicator : found.indicators)
    state_->by_indicator[indicator].insert(found.incident);
  return !told && (!said_before || closed);
}

std::vector<IncidentOpening> IncidentBook::unpublished(std::string_view org) const {
  std::vector<IncidentOpening> out;
  for (const auto& [id, opened] : state_->by_id)
    if (opened.provisional && !state_->told(*opened.provisional, org))
      out.push_back(*opened.provisional);
  return out;
}

Result<void> IncidentBook::add_run(const IncidentId& incident, const RunId& run) {
  const auto opened = state_->opened(incident);
  if (!opened) return std::unexpected(opened.error());
  if (state_->entries >= entries_max) return fail(Errc::full, "too many runs and timeline entries");
  state_->entries += (*opened)->runs.insert(run).second;
  return {};
}

Result<void> IncidentBook::add_entry(const IncidentId& incident, TimelineEntry entry) {
  if (entry.text.size() > incident_text_bytes_max)
    return fail(Errc::too_large, "timeline entry of {} bytes, limit {}", entry.text.size(),
                incident_text_bytes_max);
  const auto opened = state_->opened(incident);
  if (!opened) return std::unexpected(opened.error());
  if (state_->entries >= entries_max) return fail(Errc::full, "too many runs and timeline entries");
  state_->entries += (*opened)->added.insert(std::move(entry)).second;
  return {};
}

Result<IncidentId> IncidentBook::find(std::string_view wanted) const {
  std::set<IncidentId> found;
  if (!wanted.empty())
    for (auto at = state_->by_text.lower_bound(wanted);
         at != state_->by_text.end() && at->first.starts_with(wanted); ++at) {
      const auto root = state_->root(at->second);
      if (!found.contains(root) && state_->fold(root, true)) found.insert(root);
      if (found.size() > candidates_named) break;
    }
  if (found.empty()) return fail(Errc::not_found, "no incident {}", wanted.substr(0, 64));
  if (found.size() == 1) return *found.begin();
  std::string names;
  for (const auto& id : found) names += (names.empty() ? "" : ", ") + to_base32(id);
  return fail(Errc::usage, "'{}' is the beginning of several incidents: {}", wanted, names);
}

std::optional<Incident> IncidentBook::show(const IncidentId& id) const {
  return state_->fold(id, true);
}

std::vector<Incident> IncidentBook::list() const {
  std::vector<Incident> out;
  for (const auto& root : state_->roots())
    if (auto incident = state_->fold(root, true)) out.push_back(std::move(*incident));
  std::ranges::sort(out, [](const Incident& a, const Incident& b) {
    return a.opened != b.opened ? a.opened > b.opened : a.id < b.id;
  });
  return out;
}

std::vector<TimelineEntry> IncidentBook::timeline(const IncidentId& id) const {
  auto out = timeline_of(state_->entries_of(id));
  for (const auto& member : state_->group(id))
    if (const auto at = state_->by_id.find(member); at != state_->by_id.end())
      out.insert(out.end(), at->second.added.begin(), at->second.added.end());
  std::ranges::sort(out, [](const TimelineEntry& a, const TimelineEntry& b) {
    return std::tie(a.at, a.record, a.org, a.kind, a.text) <
           std::tie(b.at, b.record, b.org, b.kind, b.text);
  });
  return out;
}

std::vector<IncidentId> IncidentBook::with_indicator(const Digest& indicator) const {
  std::vector<IncidentId> out;
  const auto at = state_->by_indicator.find(indicator);
  if (at == state_->by_indicator.end()) return out;
  for (const auto& id : at->second) out.push_back(state_->root(id));
  sort_distinct(out);
  return out;
}

Result<std::vector<Digest>> IncidentBook::releasable(const IncidentId& id,
                                                     std::string_view org) const {
  if (!state_->fold(id, true)) return fail(Errc::not_found, "no incident {}", to_base32(id));
  auto entries = state_->entries_of(id);
  std::erase_if(entries, [&](const auto* e) { return e->org != org || e->record.release; });
  std::ranges::sort(entries, [](const auto* a, const auto* b) { return *a < *b; });
  if (entries.size() > incident_released_max)
    return fail(Errc::too_large, "{} records to release, limit {}", entries.size(),
                incident_released_max);
  std::vector<Digest> out;
  for (const auto* entry : entries) out.push_back(entry->id);
  return out;
}

Digest IncidentBook::state_digest(const IncidentId& id) const {
  ByteWriter out;
  const auto entries = state_->entries_of(id);
  if (const auto incident = state_->fold(id, false)) write_state(out, *incident, entries);
  return crypto::blake2b(out.bytes());
}

Digest IncidentBook::state_digest() const {
  ByteWriter out;
  for (const auto& root : state_->roots())
    if (state_->fold(root, false)) out.fixed(state_digest(root));
  return crypto::blake2b(out.bytes());
}

}  // namespace tocsin::playbooks
