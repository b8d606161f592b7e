#include "playbooks/incidents/incident_fold.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::playbooks {

namespace {

using Entries = std::vector<const IncidentEntry*>;

void sort(Entries& entries) {
  std::ranges::sort(entries, [](const auto* a, const auto* b) { return *a < *b; });
}

/// Titles, lists and times of all openings together.
void fold_openings(const Entries& entries, Incident& out) {
  bool first = true;
  for (const auto* entry : entries) {
    if (!entry->record.opening) continue;
    const auto& opening = *entry->record.opening;
    if (first) {
      out.title = opening.title;
      out.rule = opening.rule;
      out.opened = opening.opened;
      out.last_seen = opening.last_seen;
    }
    first = false;
    out.opened = std::min(out.opened, opening.opened);
    out.last_seen = std::max(out.last_seen, opening.last_seen);
    out.orgs.push_back(entry->org);
    out.orgs.insert(out.orgs.end(), opening.orgs.begin(), opening.orgs.end());
    out.indicators.insert(out.indicators.end(), opening.indicators.begin(),
                          opening.indicators.end());
    out.techniques.insert(out.techniques.end(), opening.techniques.begin(),
                          opening.techniques.end());
  }
  TOCSIN_ASSERT(!first);
  sort_distinct(out.orgs);
  sort_distinct(out.indicators);
  sort_distinct(out.techniques);
}

/// Later changes win. A reopening ends what was acknowledged before it, and so does a sighting
/// that is newer than the close.
void fold_changes(const Entries& entries, Incident& out) {
  const IncidentEntry* close = nullptr;
  const IncidentEntry* reopen = nullptr;
  const IncidentEntry* acknowledge = nullptr;
  for (const auto* entry : entries) {
    if (!entry->record.change) continue;
    const auto& change = *entry->record.change;
    switch (change.operation) {
      case IncidentOperation::acknowledge: acknowledge = entry; break;
      case IncidentOperation::assign: out.assignee = change.text; break;
      case IncidentOperation::severity: out.severity = change.severity; break;
      case IncidentOperation::close: close = entry; break;
      case IncidentOperation::reopen: reopen = entry; break;
      case IncidentOperation::open:
      case IncidentOperation::merge: break;
    }
  }
  const bool seen_again = close != nullptr && out.last_seen > close->created;
  const bool reopened = close != nullptr && reopen != nullptr && *close < *reopen;
  if (close != nullptr && !seen_again && !reopened) {
    out.state = IncidentState::closed;
  } else if (acknowledge != nullptr && (close == nullptr || *close < *acknowledge) &&
             (!reopened || *reopen < *acknowledge)) {
    out.state = IncidentState::acknowledged;
    out.acknowledged_by = acknowledge->record.change->who;
  }
}

std::string text_of_change(const IncidentChange& change) {
  const auto by = change.who.empty() ? std::string() : change.who + ": ";
  switch (change.operation) {
    case IncidentOperation::open: return change.text;
    case IncidentOperation::acknowledge: return change.who;
    case IncidentOperation::assign: return by + "to " + change.text;
    case IncidentOperation::severity: return by + std::string(name_of(change.severity));
    case IncidentOperation::merge: return by + "with " + to_base32(change.other);
    case IncidentOperation::close:
    case IncidentOperation::reopen: return by + change.text;
  }
  return {};
}

std::string_view kind_of_change(IncidentOperation operation) {
  switch (operation) {
    case IncidentOperation::open: return "opened";
    case IncidentOperation::acknowledge: return "acknowledged";
    case IncidentOperation::assign: return "assigned";
    case IncidentOperation::severity: return "severity";
    case IncidentOperation::merge: return "merged";
    case IncidentOperation::close: return "closed";
    case IncidentOperation::reopen: return "reopened";
  }
  return {};
}

}  // namespace

std::string_view name_of(IncidentState state) {
  switch (state) {
    case IncidentState::open: return "open";
    case IncidentState::acknowledged: return "acknowledged";
    case IncidentState::closed: return "closed";
  }
  return {};
}

Incident fold_incident(Entries entries) {
  sort(entries);
  Incident out;
  fold_openings(entries, out);
  fold_changes(entries, out);
  for (const auto* entry : entries)
    if (entry->record.release)
      out.released.push_back({entry->record.release->order.to,
                              entry->record.release->order.analyst, entry->created, entry->id});
  return out;
}

std::vector<TimelineEntry> timeline_of(Entries entries) {
  sort(entries);
  std::vector<TimelineEntry> out;
  bool opened = false;
  for (const auto* entry : entries) {
    TimelineEntry line{entry->created, entry->org, {}, {}, entry->id};
    const auto& record = entry->record;
    if (record.opening) {
      line.kind = opened ? "confirmed" : "opened";
      line.text = record.opening->title;
      opened = true;
    } else if (record.change) {
      line.kind = kind_of_change(record.change->operation);
      line.text = text_of_change(*record.change);
    } else if (record.note) {
      line.kind = "note";
      line.text = (record.note->who.empty() ? "" : record.note->who + ": ") + record.note->text;
    } else if (record.release) {
      line.kind = "released";
      line.text = record.release->order.analyst + ": to " + record.release->order.to;
    }
    out.push_back(std::move(line));
  }
  return out;
}

void write_state(ByteWriter& out, const Incident& incident, Entries entries) {
  sort(entries);
  out.fixed(incident.id);
  out.u32(std::uint32_t(incident.aliases.size()));
  for (const auto& alias : incident.aliases) out.fixed(alias);
  out.text16(incident.title);
  out.u8(std::uint8_t(incident.state));
  out.u8(std::uint8_t(incident.severity));
  out.text16(incident.assignee);
  out.text16(incident.acknowledged_by);
  out.u32(std::uint32_t(incident.runs.size()));
  for (const auto& run : incident.runs) out.fixed(run);
  out.u32(std::uint32_t(entries.size()));
  for (const auto* entry : entries) out.fixed(entry->id);
}

}  // namespace tocsin::playbooks
