// Remembers which effects hold which value at one actuator, in a file beside its output, so that
// values survive a restart and leave with the last effect that holds them.
#pragma once

#include <map>
#include <vector>

#include "mesh/world/disk.hpp"
#include "playbooks/act/actuator.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t ledger_entries_max = 100'000;

/// The file holds one effect a line: id in hex, until in ms, how often it was performed, type, TLP,
/// PAP, value.
class Ledger {
 public:
  /// Lifetime: `disk` outlives it. Errors: io; corrupt, naming the line.
  static Result<Ledger> open(mesh::Disk& disk, mesh::Path path);

  /// Durable when they return; on an error nothing has changed. Adding an effect that is there
  /// counts only, and removing one that is not changes nothing. Errors: io, full.
  Result<void> add(const EffectOrder& effect);
  Result<void> remove(const EffectId& id);

  bool has(const EffectId& id) const { return effects_.contains(id); }
  /// How often the effect was added since it came into force: more than once is once too often,
  /// unless somebody had emptied the control.
  std::uint32_t performed(const EffectId& id) const;
  /// The distinct targets, sorted by value.
  std::vector<BlockTarget> targets() const;
  const std::map<EffectId, EffectOrder>& effects() const { return effects_; }

 private:
  Ledger(mesh::Disk& disk, mesh::Path path) : disk_(&disk), path_(std::move(path)) {}
  Result<void> take_line(std::string_view line);
  Result<void> save() const;

  mesh::Disk* disk_;
  mesh::Path path_;
  std::map<EffectId, EffectOrder> effects_;
  std::map<EffectId, std::uint32_t> performed_;  ///< of the same effects
};

}  // namespace tocsin::playbooks
