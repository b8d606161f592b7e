#include "playbooks/damage/damage_book.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "crypto/base_encoding.hpp"
#include "playbooks/damage/inventory.hpp"
#include "playbooks/damage/joint_picture.hpp"

namespace tocsin::playbooks {

namespace {

constexpr std::size_t names_kept_max = 8;  ///< incidents whose tokens are kept at hand

/// A report as its parts come in.
struct Report {
  WallTime created;
  Digest id;
  std::map<std::uint32_t, std::vector<PublishedAsset>> parts;
  std::uint32_t parts_wanted = 1;
  bool complete() const { return parts.size() == parts_wanted; }
};

/// All that is known of the damage of one incident.
struct Case {
  DamageRecords records;
  std::map<std::pair<std::string, Digest>, Report> coming;  ///< by organisation and report
  std::map<std::string, std::pair<WallTime, Digest>> latest;
  std::set<Digest> ids;
};

using TokenNames = std::unordered_map<AssetToken, std::string, PrefixHash<AssetToken>>;

/// Names of own assets, and of partners' that the own inventory refers to, by token.
struct Names {
  std::uint64_t generation = 0;
  std::map<std::string, TokenNames> by_org;
};

}  // namespace

struct DamageBook::State {
  FederationId federation;
  std::string org;
  Inventory inventory;
  std::map<IncidentId, Case> cases;
  mutable std::map<IncidentId, Names> names;  ///< made when asked for
  std::unordered_set<Digest, PrefixHash<Digest>> seen;

  AssetToken token(const IncidentId& incident, std::string_view of, std::string_view id) const {
    return asset_token(federation, incident, of, id);
  }

  const Names& names_of(const IncidentId& incident) const {
    if (names.size() >= names_kept_max && !names.contains(incident)) names.clear();
    auto& out = names[incident];
    if (out.generation == inventory.generation()) return out;
    out = {inventory.generation(), {}};
    const auto& assets = inventory.assets();
    auto& own = out.by_org[org];
    for (std::uint32_t i = 0; i < assets.size(); ++i) {
      own.emplace(token(incident, org, assets[i].id), assets[i].id);
      for (const auto& other : inventory.foreign(i))
        out.by_org[other.org].emplace(token(incident, other.org, other.id), other.id);
    }
    return out;
  }

  std::string name_of_asset(const IncidentId& incident, const AssetKey& key) const {
    const auto& known = names_of(incident).by_org;
    if (const auto names_there = known.find(key.org); names_there != known.end())
      if (const auto at = names_there->second.find(key.token); at != names_there->second.end())
        return at->second;
    return to_base32(key.token);
  }

  const Case& case_of(const IncidentId& incident) const {
    static const Case none;
    const auto at = cases.find(incident);
    return at == cases.end() ? none : at->second;
  }

  Result<void> take_part(const mesh::RecordView& record, std::string_view from) {
    auto part = decode_impact(record);
    if (!part) return std::unexpected(part.error());
    auto& here = cases[part->incident];
    const std::string author(from);
    const std::pair stamp{record.header.created, part->report};
    const auto latest = here.latest.find(author);
    if (latest != here.latest.end() && stamp <= latest->second) return {};  // Overtaken.

    auto& report = here.coming[{author, part->report}];
    report.created = record.header.created;
    report.id = part->report;
    report.parts_wanted = part->parts;
    report.parts[part->part] = std::move(part->assets);
    if (!report.complete()) return {};
    auto& assets = here.records.published[author];
    assets.clear();
    for (auto& [number, some] : report.parts)
      assets.insert(assets.end(), std::make_move_iterator(some.begin()),
                    std::make_move_iterator(some.end()));
    here.latest.insert_or_assign(author, stamp);
    std::erase_if(here.coming, [&](const auto& entry) {
      return entry.first.first == author &&
             std::pair(entry.second.created, entry.second.id) <= stamp;
    });
    return {};
  }

  Result<void> take_repair(const mesh::RecordView& record, std::string_view from) {
    auto entry = decode_repair(record);
    if (!entry) return std::unexpected(entry.error());
    auto& ledger = cases[entry->incident].records.repairs[{std::string(from), entry->asset}];
    RepairTask::Evidence evidence{record.header.created, entry->state, std::string(from),
                                  std::move(entry->who), std::move(entry->evidence), record.id()};
    const auto place = std::ranges::upper_bound(ledger, evidence, [](const auto& a, const auto& b) {
      return std::tie(a.at, a.record) < std::tie(b.at, b.record);
    });
    ledger.insert(place, std::move(evidence));
    return {};
  }

  std::vector<PublishedAsset> judged(const IncidentId& incident,
                                     std::span<const DamageEvidence> evidence,
                                     std::vector<std::string>& unknown) const;
  std::vector<std::uint32_t> seeds(const IncidentId& incident,
                                   const std::vector<PublishedAsset>& own) const;
};

DamageBook::DamageBook(FederationId federation, std::string org)
    : state_(std::make_unique<State>(State{federation, org, Inventory(org), {}, {}, {}})) {}
DamageBook::~DamageBook() = default;
DamageBook::DamageBook(DamageBook&&) noexcept = default;

Result<DamageBook::Imported> DamageBook::import(std::vector<Asset> assets) {
  return state_->inventory.import(std::move(assets));
}

const std::vector<Asset>& DamageBook::assets() const { return state_->inventory.assets(); }

const Asset* DamageBook::asset(std::string_view id) const {
  const auto at = state_->inventory.find(id);
  return at ? &assets()[*at] : nullptr;
}

const Asset* DamageBook::asset_of_host(std::string_view host) const {
  const auto at = state_->inventory.find_host(host);
  return at ? &assets()[*at] : nullptr;
}

Result<bool> DamageBook::take(const mesh::RecordView& record, std::string_view org) {
  const auto id = record.id();
  if (state_->seen.contains(id)) return false;
  if (state_->seen.size() >= records_max)
    return fail(Errc::full, "{} records of damage are held, no more are taken", records_max);
  const bool repair = record.header.kind == mesh::RecordKind::repair;
  const auto taken = repair ? state_->take_repair(record, org) : state_->take_part(record, org);
  if (!taken) return std::unexpected(taken.error());
  const auto incident = repair ? decode_repair(record)->incident : decode_impact(record)->incident;
  state_->cases[incident].ids.insert(id);
  state_->seen.insert(id);
  return true;
}

/// The own assets with the latest that evidence, ledger and the last own report say of each.
std::vector<PublishedAsset> DamageBook::State::judged(const IncidentId& incident,
                                                      std::span<const DamageEvidence> evidence,
                                                      std::vector<std::string>& unknown) const {
  const auto& assets = inventory.assets();
  std::vector<PublishedAsset> out(assets.size());
  std::unordered_map<AssetToken, std::uint32_t, PrefixHash<AssetToken>> by_token;
  for (std::uint32_t i = 0; i < assets.size(); ++i) {
    auto& asset = out[i];
    asset.token = token(incident, org, assets[i].id);
    asset.criticality = assets[i].criticality;
    asset.service = assets[i].kind == "service" || assets[i].kind == "Service";
    asset.rto_minutes = assets[i].rto ? std::uint32_t(assets[i].rto->count()) : 0;
    by_token.emplace(asset.token, i);
  }
  const auto& records = case_of(incident).records;
  if (const auto mine = records.published.find(org); mine != records.published.end())
    for (const auto& before : mine->second)
      if (const auto at = by_token.find(before.token); at != by_token.end()) {
        out[at->second].state = before.state;
        out[at->second].state_at = before.state_at;
      }
  for (const auto& one : evidence) {
    const auto at = inventory.find(one.asset);
    if (!at) {
      unknown.push_back(one.asset);
      continue;
    }
    auto& asset = out[*at];
    // A mere suspicion takes nothing back that is known to be worse.
    const bool weaker = is_damaged(asset.state) && one.state == DamageState::suspected;
    if (weaker || one.at < asset.state_at) continue;
    asset.state = one.state;
    asset.state_at = one.at;
  }
  for (const auto& [key, ledger] : records.repairs)
    if (key.org == org)
      if (const auto at = by_token.find(key.token); at != by_token.end())
        apply_ledger(out[at->second], ledger);
  return out;
}

/// Own assets that are damaged, or stand on a partner's asset that is affected.
std::vector<std::uint32_t> DamageBook::State::seeds(
    const IncidentId& incident, const std::vector<PublishedAsset>& own) const {
  DamageRecords abroad = case_of(incident).records;
  abroad.published.erase(org);
  const JointPicture partners(abroad);
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < own.size(); ++i) {
    const auto& foreign = inventory.foreign(i);
    const bool reached = std::ranges::any_of(foreign, [&](const auto& other) {
      return partners.affected({other.org, token(incident, other.org, other.id)});
    });
    if (is_damaged(own[i].state) || reached) out.push_back(i);
  }
  return out;
}

Assessment DamageBook::assess(const IncidentId& incident,
                              std::span<const DamageEvidence> evidence) const {
  Assessment out;
  auto own = state_->judged(incident, evidence, out.unknown);
  const auto seeds = state_->seeds(incident, own);
  const auto& inventory = state_->inventory;
  const auto spread = spread_from(inventory.graph(), seeds);

  std::vector<std::uint32_t> border;
  for (std::uint32_t i = 0; i < own.size(); ++i)
    if (!inventory.foreign(i).empty()) border.push_back(i);
  const bool any = !seeds.empty() || !state_->case_of(incident).records.published.empty();
  const auto at_border = spread_from(inventory.graph(), any ? border : std::vector<std::uint32_t>());

  std::vector<bool> shown(own.size());
  for (std::uint32_t i = 0; i < own.size(); ++i)
    shown[i] = spread.via[i] != Spread::untouched || at_border.via[i] != Spread::untouched ||
               own[i].state != DamageState::unknown;
  for (std::uint32_t i = 0; i < own.size(); ++i) {
    if (!shown[i]) continue;
    auto& asset = own[i];
    if (is_damaged(asset.state)) asset.impact = Impact::direct;
    else if (spread.via[i] == Spread::damaged) asset.impact = Impact::across_border;
    else if (spread.via[i] != Spread::untouched)
      asset.impact = is_damaged(own[spread.source[i]].state) ? Impact::dependent
                                                             : Impact::across_border;
    out.affected += asset.impact != Impact::none;
    for (const auto other : inventory.graph().depends_on[i])
      if (shown[other]) asset.depends_on.push_back({"", own[other].token});
    for (const auto& other : inventory.foreign(i))
      asset.depends_on.push_back({other.org, state_->token(incident, other.org, other.id)});
    std::ranges::sort(asset.depends_on);
    out.publish.push_back(asset);
  }
  std::ranges::sort(out.publish, {}, &PublishedAsset::token);
  return out;
}

Damage DamageBook::show(const IncidentId& incident) const {
  const JointPicture picture(state_->case_of(incident).records);
  const auto& nodes = picture.nodes();
  const auto full_name = [&](std::uint32_t node) {
    return nodes[node].key.org + ":" + state_->name_of_asset(incident, nodes[node].key);
  };
  Damage out;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    const auto& [key, asset, impact] = nodes[i];
    if (impact == Impact::none && asset.state == DamageState::unknown) continue;
    DamagedAsset shown;
    shown.org = key.org;
    shown.id = state_->name_of_asset(incident, key);
    if (const auto* own = key.org == state_->org ? this->asset(shown.id) : nullptr) {
      shown.name = own->name;
      shown.kind = own->kind;
    }
    shown.token = key.token;
    shown.state = asset.state;
    shown.impact = impact;
    shown.criticality = asset.criticality;
    shown.service = asset.service;
    shown.rto_minutes = asset.rto_minutes;
    for (const auto node : picture.spread().path(i)) shown.path.push_back(full_name(node));
    if (asset.service && impact != Impact::none) out.services.push_back(full_name(i));
    out.assets.push_back(std::move(shown));
  }
  std::ranges::sort(out.assets, [](const DamagedAsset& a, const DamagedAsset& b) {
    return std::tie(a.org, a.impact, a.id) < std::tie(b.org, b.impact, b.id);
  });
  for (const auto node : picture.order()) out.restore_order.push_back(full_name(node));
  for (const auto& group : groups_of(picture.graph())) {
    if (group.size() < 2 || nodes[group.front()].impact == Impact::none) continue;
    auto& cycle = out.cycles.emplace_back();
    for (const auto node : group) cycle.push_back(full_name(node));
  }
  return out;
}

std::vector<RepairTask> DamageBook::repairs(const IncidentId& incident) const {
  const auto& records = state_->case_of(incident).records;
  const JointPicture picture(records);
  const auto& nodes = picture.nodes();
  auto order = picture.order();
  for (std::uint32_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].impact == Impact::none && nodes[i].asset.state != DamageState::unknown)
      order.push_back(i);

  std::vector<RepairTask> out;
  for (const auto i : order) {
    RepairTask task;
    task.asset = state_->name_of_asset(incident, nodes[i].key);
    task.org = nodes[i].key.org;
    task.token = nodes[i].key.token;
    task.state = nodes[i].asset.state;
    for (const auto other : picture.graph().depends_on[i])
      if (nodes[other].impact != Impact::none)
        task.after.push_back(nodes[other].key.org + ":" +
                             state_->name_of_asset(incident, nodes[other].key));
    if (const auto ledger = records.repairs.find(nodes[i].key); ledger != records.repairs.end())
      task.evidence = ledger->second;
    out.push_back(std::move(task));
  }
  return out;
}

Result<RepairEntry> DamageBook::repair(const IncidentId& incident, std::string_view asset,
                                       DamageState state, std::string_view evidence,
                                       std::string who) const {
  const auto at = state_->inventory.find(asset);
  if (!at) return fail(Errc::not_found, "no own asset '{}'", asset.substr(0, 64));
  return RepairEntry{incident, state_->token(incident, state_->org, assets()[*at].id), state,
                     redact(evidence), std::move(who)};
}

std::string DamageBook::redact(std::string_view text) const {
  return state_->inventory.redact(text);
}

std::vector<IncidentId> DamageBook::incidents() const {
  std::vector<IncidentId> out;
  for (const auto& [incident, known] : state_->cases) out.push_back(incident);
  return out;
}

Digest DamageBook::state_digest(const IncidentId& incident) const {
  ByteWriter out;
  for (const auto& id : state_->case_of(incident).ids) out.fixed(id);
  return crypto::blake2b(out.bytes());
}

Digest DamageBook::state_digest() const {
  ByteWriter out;
  for (const auto& [incident, known] : state_->cases) {
    out.fixed(incident);
    out.fixed(state_digest(incident));
  }
  return crypto::blake2b(out.bytes());
}

}  // namespace tocsin::playbooks
