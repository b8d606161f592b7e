// Puts together what all sides published of one incident, and computes across the border: a
// function of records only, so both sides see the same.
#pragma once

#include "playbooks/damage/damage_book.hpp"
#include "playbooks/damage/dependency_graph.hpp"

namespace tocsin::playbooks {

/// An asset of any organisation, as records name it.
struct AssetKey {
  std::string org;
  AssetToken token;
  auto operator<=>(const AssetKey&) const = default;
};

/// One organisation's latest complete report, and the ledger, of one incident.
struct DamageRecords {
  std::map<std::string, std::vector<PublishedAsset>> published;  ///< by organisation
  std::map<AssetKey, std::vector<RepairTask::Evidence>> repairs; ///< each oldest first
};

class JointPicture {
 public:
  explicit JointPicture(const DamageRecords& records);

  struct Node {
    AssetKey key;
    PublishedAsset asset;  ///< with the latest state from report and ledger
    Impact impact{};
  };
  const std::vector<Node>& nodes() const { return nodes_; }  ///< in order of key
  const DependencyGraph& graph() const { return graph_; }
  const Spread& spread() const { return spread_; }
  /// Affected and not restored, dependencies first, then criticality, recovery time, key.
  std::vector<std::uint32_t> order() const;
  bool affected(const AssetKey& key) const;

 private:
  std::optional<std::uint32_t> find(const AssetKey& key) const;
  void judge();

  std::vector<Node> nodes_;
  DependencyGraph graph_;
  Spread spread_;
};

/// Of what a report says and the ledger's last entry, the later counts; the ledger if equal.
void apply_ledger(PublishedAsset& asset, std::span<const RepairTask::Evidence> ledger);

}  // namespace tocsin::playbooks
