// Every incident this agent knows, as a function of the set of records that it holds: two agents
// with the same records show the same incidents, whatever the order of arrival.
#pragma once

#include <map>
#include <memory>
#include <span>

#include "playbooks/incidents/incident_records.hpp"

namespace tocsin::playbooks {

using RunId = FixedBytes<16, struct RunTag>;  ///< the same as that of playbook runs

enum class IncidentState : std::uint8_t { open, acknowledged, closed };
std::string_view name_of(IncidentState state);

struct TimelineEntry {
  WallTime at;
  std::string org;
  std::string kind;  ///< "opened", "note", "merge", ..., or what the agent adds: "sighting", ...
  std::string text;
  Digest record;  ///< zero where no record stands behind it
  auto operator<=>(const TimelineEntry&) const = default;
};

struct Release {
  std::string to, analyst;
  WallTime at;
  Digest record;
};

/// An incident as people see it.
struct Incident {
  IncidentId id;                    ///< smallest of those merged
  std::vector<IncidentId> aliases;  ///< the others, sorted; each finds this incident for ever
  std::string title;
  IncidentState state{};
  Severity severity = Severity::medium;
  std::string assignee;
  std::string acknowledged_by;
  std::vector<std::string> orgs;        ///< sorted: named in openings, or authors of openings
  std::vector<Digest> indicators;       ///< sorted ids
  std::vector<std::string> techniques;  ///< sorted
  std::vector<RunId> runs;             ///< sorted
  std::vector<Release> released;
  std::string rule;
  WallTime opened, last_seen;
  bool provisional = false;  ///< seen by this agent's correlator only; no opening record yet
};

class IncidentBook {
 public:
  IncidentBook();
  ~IncidentBook();
  IncidentBook(IncidentBook&&) noexcept;

  static constexpr std::size_t incidents_max = 100'000;
  static constexpr std::size_t records_max = 1'000'000;
  static constexpr std::size_t entries_max = 1'000'000;  ///< added timeline entries and runs

  /// Adds a record of kind incident, note or release by `org`. A duplicate changes nothing and
  /// gives false. The caller has verified the batch; a release is taken as logged, and the
  /// caller has checked its signature with verify_release(). Errors: invalid, too_large, full.
  Result<bool> take(const mesh::RecordView& record, std::string_view org);

  /// Shows what the correlator found at once. True when `org`'s opening records do not say as
  /// much yet (organisations, indicators, aliases, or seen again after a close): then publish
  /// one. The state digest leaves provisional incidents out. Errors: full.
  Result<bool> observe(const IncidentOpening& found, std::string_view org);

  /// What observe() asked to be published and `org` has no record of yet: to be published after
  /// a start that came in between.
  std::vector<IncidentOpening> unpublished(std::string_view org) const;

  /// Ties a playbook run to an incident (from run records). Idempotent. Errors: full.
  Result<void> add_run(const IncidentId& incident, const RunId& run);
  /// Puts what other records tell into the timeline. Idempotent. Errors: full, too_large (over
  /// incident_text_bytes_max).
  Result<void> add_entry(const IncidentId& incident, TimelineEntry entry);

  /// The canonical id for an id, alias, or unique prefix in base32. Errors: not_found; usage,
  /// naming some of the candidates when the prefix is ambiguous.
  Result<IncidentId> find(std::string_view id_or_prefix) const;
  /// The incident that `id` (or alias) stands for, or nothing.
  std::optional<Incident> show(const IncidentId& id) const;
  /// All, newest first, then by id.
  std::vector<Incident> list() const;
  /// Sorted by time, then record.
  std::vector<TimelineEntry> timeline(const IncidentId& id) const;
  /// Canonical ids of the incidents that name this indicator.
  std::vector<IncidentId> with_indicator(const Digest& indicator) const;

  /// The records of `org` about this incident, oldest first: what it may re-share, unchanged,
  /// with an authority. Releases are not among them. Errors: not_found, too_large (over
  /// incident_released_max).
  Result<std::vector<Digest>> releasable(const IncidentId& id, std::string_view org) const;

  /// Equal on two agents that hold the same records (runs included): over all incidents, or one.
  Digest state_digest() const;
  Digest state_digest(const IncidentId& id) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::playbooks
