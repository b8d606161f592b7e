// Remembers which effects hold which value at one actuator, in a file beside its output, so that
// values survive a restart and leave with the last effect that holds them.
#pragma once

#include <map>
#include <vector>

#include "mesh/world/disk.hpp"
#include "playbooks/act/actuator.hpp"

namespace tocsin::playbooks {

inline constexpr std::size_t ledger_entries_max = 100'000;

/// The file holds one effect a line: id in hex, until in ms, type, TLP, PAP, value.
class Ledger {
 public:
  /// Lifetime: `disk` outlives it. Errors: io; corrupt, naming the line.
  static Result<Ledger> open(mesh::Disk& disk, mesh::Path path);

  /// Durable when they return; on an error nothing has changed. Adding an effect that is there
  /// and removing one that is not change nothing. Errors: io, full.
  Result<void> add(const EffectOrder& effect);
  Result<void> remove(const EffectId& id);

  bool has(const EffectId& id) const { return effects_.contains(id); }
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
};

}  // namespace tocsin::playbooks
