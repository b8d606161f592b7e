#include "playbooks/damage/joint_picture.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace tocsin::playbooks {

void apply_ledger(PublishedAsset& asset, std::span<const RepairTask::Evidence> ledger) {
  if (ledger.empty() || ledger.back().at < asset.state_at) return;
  asset.state = ledger.back().state;
  asset.state_at = ledger.back().at;
}

JointPicture::JointPicture(const DamageRecords& records) {
  std::map<AssetKey, PublishedAsset> all;
  for (const auto& [org, assets] : records.published)
    for (const auto& asset : assets) all.insert_or_assign({org, asset.token}, asset);
  for (const auto& [key, ledger] : records.repairs) {
    auto& asset = all[key];
    asset.token = key.token;
    apply_ledger(asset, ledger);
  }
  for (auto& [key, asset] : all) nodes_.push_back({key, std::move(asset), Impact::none});

  graph_.depends_on.resize(nodes_.size());
  std::vector<std::uint32_t> damaged;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    for (const auto& dependency : nodes_[i].asset.depends_on) {
      const auto& org = dependency.org.empty() ? nodes_[i].key.org : dependency.org;
      const auto other = find({org, dependency.token});
      if (other && *other != i) graph_.depends_on[i].push_back(*other);
    }
    if (is_damaged(nodes_[i].asset.state)) damaged.push_back(i);
  }
  spread_ = spread_from(graph_, damaged);
  judge();
}

std::optional<std::uint32_t> JointPicture::find(const AssetKey& key) const {
  const auto at = std::ranges::lower_bound(nodes_, key, {}, &Node::key);
  if (at == nodes_.end() || at->key != key) return {};
  return std::uint32_t(at - nodes_.begin());
}

bool JointPicture::affected(const AssetKey& key) const {
  const auto node = find(key);
  return node && nodes_[*node].impact != Impact::none;
}

/// Nearest to the damage first, so that what a node depends on is judged already.
void JointPicture::judge() {
  for (const auto node : spread_.reached) {
    const auto via = spread_.via[node];
    if (via == Spread::damaged) {
      nodes_[node].impact = Impact::direct;
      continue;
    }
    const auto& next = nodes_[std::size_t(via)];
    const bool across =
        next.key.org != nodes_[node].key.org || next.impact == Impact::across_border;
    nodes_[node].impact = across ? Impact::across_border : Impact::dependent;
  }
}

std::vector<std::uint32_t> JointPicture::order() const {
  const auto rank = [this](std::uint32_t node) {
    const auto& asset = nodes_[node].asset;
    const auto rto = asset.rto_minutes == 0 ? std::numeric_limits<std::uint32_t>::max()
                                            : asset.rto_minutes;
    return std::tuple(-int(asset.criticality), rto, node);
  };
  auto out = restore_order(graph_, [&](auto a, auto b) { return rank(a) < rank(b); });
  std::erase_if(out, [this](auto node) { return nodes_[node].impact == Impact::none; });
  return out;
}

}  // namespace tocsin::playbooks
