// The damage of every incident: own inventory, what each side published, the repair ledger, and
// the joint picture computed across the border.
#pragma once

#include <map>
#include <memory>

#include "playbooks/damage/impact_records.hpp"

namespace tocsin::playbooks {

/// An asset in the joint picture. `id` is the own asset's id, or for a partner's asset the token
/// in base32.
struct DamagedAsset {
  std::string id, org;
  std::string name, kind;  ///< own assets only
  AssetToken token;
  DamageState state{};
  Impact impact{};
  Criticality criticality = Criticality::medium;
  bool service = false;
  std::uint32_t rto_minutes = 0;
  std::vector<std::string> path;  ///< from this asset to the damaged one, as `org:id`
};

struct RepairTask {
  std::string asset, org;
  AssetToken token;
  DamageState state{};
  std::vector<std::string> after;  ///< `org:id` of affected assets that come first
  struct Evidence {
    WallTime at;
    DamageState state{};
    std::string org, who, text;
    Digest record;
  };
  std::vector<Evidence> evidence;  ///< oldest first
};

/// The joint picture of one incident.
struct Damage {
  std::vector<DamagedAsset> assets;        ///< affected ones: by org, impact, id
  std::vector<std::string> services;       ///< `org:id` of affected services
  std::vector<std::string> restore_order;  ///< `org:id`, dependencies first; what is not restored
  std::vector<std::vector<std::string>> cycles;  ///< dependency cycles among them, as `org:id`
};

/// What detection or an analyst says of an own asset, for assess().
struct DamageEvidence {
  std::string asset;
  DamageState state = DamageState::suspected;
  WallTime at;
};

struct Assessment {
  std::vector<PublishedAsset> publish;   ///< for encode_impact()
  std::size_t affected = 0;
  std::vector<std::string> unknown;      ///< evidence for assets that are not in the inventory
};

class DamageBook {
 public:
  /// `org` is the own organisation.
  DamageBook(FederationId federation, std::string org);
  ~DamageBook();
  DamageBook(DamageBook&&) noexcept;

  static constexpr std::size_t records_max = 1'000'000;

  /// Adds assets, replacing those with the same id. Errors: full.
  struct Imported {
    std::size_t added = 0, replaced = 0;
    std::vector<std::string> unresolved;           ///< ids that nothing has; at most 1,000
    std::vector<std::vector<std::string>> cycles;  ///< tolerated; at most 100, 100 ids each
  };
  Result<Imported> import(std::vector<Asset> assets);
  const std::vector<Asset>& assets() const;  ///< in order of id
  const Asset* asset(std::string_view id) const;
  /// The asset whose id or name this is (any case), as a host in an event is called.
  const Asset* asset_of_host(std::string_view host) const;

  /// Adds a record of kind impact or repair by `org`. False for a duplicate. A repair entry
  /// counts for the assets of its author's organisation only. Errors: invalid, too_large, full.
  Result<bool> take(const mesh::RecordView& record, std::string_view org);

  /// The own sub-graph to be published: damaged assets, all that depends on them (also through
  /// what partners published), and what touches the border. Errors: none; pure.
  Assessment assess(const IncidentId& incident, std::span<const DamageEvidence> evidence) const;

  /// The joint picture from what all sides published and the ledger.
  Damage show(const IncidentId& incident) const;
  /// The repair ledger, in restore order; then what is already restored.
  std::vector<RepairTask> repairs(const IncidentId& incident) const;
  /// The entry for `repair set`. Errors: not_found (no such own asset).
  Result<RepairEntry> repair(const IncidentId& incident, std::string_view asset, DamageState state,
                             std::string_view evidence, std::string who) const;
  /// `text` with ids, names and owners of own assets replaced by `[asset]` and `[owner]`.
  std::string redact(std::string_view text) const;

  /// Incidents with any record, sorted.
  std::vector<IncidentId> incidents() const;
  /// Equal on two agents that hold the same impact and repair records of this incident.
  Digest state_digest(const IncidentId& incident) const;
  Digest state_digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tocsin::playbooks
