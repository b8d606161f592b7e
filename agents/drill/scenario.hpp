// What a drill plays and what it expects: read from a file that people write.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/identity.hpp"
#include "mesh/world/disk.hpp"

namespace tocsin::agents::drill {

using mesh::Path;

inline constexpr std::size_t scenario_bytes_max = 1024 * 1024;
inline constexpr std::size_t scenario_orgs_max = 16;
inline constexpr std::size_t scenario_events_max = 256;
inline constexpr std::size_t event_entries_max = 256;  ///< injects, and expectations, per event
inline constexpr double scenario_seconds_max = 3600;

enum class InjectKind : std::uint8_t {
  syslog, ndjson, bulk, hec, ioc_add, ioc_retract, playbook_import, playbook_run, approve,
  preauthorise, cut, heal, kill, restart, release, asset_import, damage_assess,
};
enum class ExpectationKind : std::uint8_t {
  sighting, indicator, no_indicator, via, same_incident, no_incident, only_incident, refused,
  waits, approved, effects, no_block, replays, state_equal, kept, receipts, linked, unlinked,
  damage,
};
/// What a met expectation is a measure of, for the organisation it names.
enum class Phase : std::uint8_t { detect, share, decide, contain, restore };
inline constexpr std::size_t phases_count = 5;

std::string_view name_of(InjectKind kind);
std::string_view name_of(ExpectationKind kind);
std::string_view name_of(Phase phase);

/// What the text of a field means, so that it can be checked before anything is started.
enum class Meaning : std::uint8_t {
  text, texts, number, flag,
  org, orgs,            ///< id of an organisation of this scenario
  indicator, playbook, run,   ///< name that an earlier inject gave
  new_indicator, new_playbook, new_run,  ///< gives a name
  file,                 ///< below the scenario's folder
  state,                ///< "active" or "any"
};
struct Field {
  std::string_view key;
  Meaning meaning{};
  bool needed = true;
};
/// The fields of each kind, besides those that all entries have.
const std::vector<Field>& fields_of(InjectKind kind);
const std::vector<Field>& fields_of(ExpectationKind kind);

/// The fields of one entry, by key. Asking for one that is not there gives an empty value.
class Fields {
 public:
  using Value = std::variant<std::string, std::vector<std::string>, double, bool>;
  void put(std::string key, Value value) { values_[std::move(key)] = std::move(value); }
  bool has(std::string_view key) const { return values_.contains(key); }
  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  double number(std::string_view key, double absent) const;
  bool flag(std::string_view key) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

struct Organisation {
  std::string id, name, country;
  crypto::OrgRole role{};
  std::vector<std::string> own;    ///< its networks and domains
  std::vector<std::string> lists;  ///< warninglist files of its guard
  std::string analyst = "duty-officer";
  std::size_t line = 0;
};
struct Inject {
  InjectKind kind{};
  std::string text;   ///< what the timeline says; empty: made from kind and fields
  double after = 0;   ///< seconds after the event's begin
  Fields fields;
  std::size_t line = 0;
};
struct Expectation {
  ExpectationKind kind{};
  std::string text;
  double within = 0;  ///< seconds after the inject that it answers to began
  std::optional<Phase> measures;
  std::string scored;  ///< the organisation whose time it is; empty: `org`
  Fields fields;
  std::size_t line = 0;
};
struct StoryEvent {
  std::string title, technique;
  double at = 0;  ///< seconds after the start
  std::vector<Inject> injects;          ///< played in this order
  std::vector<Expectation> expectations;  ///< watched side by side
  std::size_t line = 0;
};

struct Scenario {
  std::string name, title, about;
  double seconds = 0;  ///< no event begins and no expectation ends later
  Path folder;
  std::vector<Organisation> orgs;
  std::vector<StoryEvent> events;  ///< by time

  const Organisation* org(std::string_view id) const;
  std::size_t expectations() const;
};

struct ScenarioFault {
  std::size_t line = 0;
  std::string what, fix;
};
/// Everything that cannot be seen in one entry alone: names used before they are given,
/// unknown organisations, times beyond the end. In order of lines.
std::vector<ScenarioFault> cross_check(const Scenario& scenario);

}  // namespace tocsin::agents::drill
