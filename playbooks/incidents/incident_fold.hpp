// What a set of records says of one incident: the function that makes the state of an incident
// independent of the order in which its records came.
#pragma once

#include "playbooks/incidents/incident_book.hpp"

#include <algorithm>
#include <tuple>

namespace tocsin::playbooks {

/// A record as the book holds it.
struct IncidentEntry {
  WallTime created;
  Digest id;
  std::string org;
  IncidentRecord record;
  bool operator<(const IncidentEntry& other) const {
    return std::tie(created, id) < std::tie(other.created, other.id);
  }
};

/// `entries` in any order, of one incident and all its aliases. Where values compete, the later
/// record wins, by (created, id). `id` and `aliases` are the caller's.
/// Precondition: at least one opening.
Incident fold_incident(std::vector<const IncidentEntry*> entries);

/// The timeline of the same entries, unsorted.
std::vector<TimelineEntry> timeline_of(std::vector<const IncidentEntry*> entries);

/// Adds an incident as folded from `entries` to a digest of state.
void write_state(ByteWriter& out, const Incident& incident,
                 std::vector<const IncidentEntry*> entries);

/// What lists have in common: sorted, each once.
template <typename T>
void sort_distinct(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace tocsin::playbooks
