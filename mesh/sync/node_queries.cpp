#include "mesh/sync/mesh_node.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::mesh {

Result<bool> MeshNode::with_record(std::uint64_t ordinal,
                                   const std::function<void(const RecordView&)>& use) {
  const auto batch = cache_.batch_of(ordinal);
  if (!batch) return std::unexpected(batch.error());
  if (!*batch) return false;
  const auto record = view_record((*batch)->records[ordinal - (*batch)->stored.first_ordinal]);
  if (!record) return std::unexpected(record.error());
  use(*record);
  return true;
}

Result<std::optional<Node::Found>> MeshNode::at(std::uint64_t ordinal) {
  const auto batch = cache_.batch_of(ordinal);
  if (!batch) return std::unexpected(batch.error());
  if (!*batch) return std::nullopt;
  const auto& stored = (*batch)->stored;
  const auto bytes = (*batch)->records[ordinal - stored.first_ordinal];
  const auto* audience = catalogue_.audience_of(stored.log);
  if (!audience) return std::nullopt;
  Found out{Bytes(bytes.begin(), bytes.end()),
            std::string(catalogue_.roster().org_of(stored.log.agent)),
            std::string(catalogue_.roster().name_of(stored.log.agent)),
            stored.log,
            stored.sequence,
            ordinal,
            *audience,
            {},
            {}};
  if (const auto came = provenance_.of(stored.first_ordinal)) {
    out.via = came->via;
    out.received = came->received;
  } else if (const auto record = view_record(bytes)) {
    out.received = record->header.created;
  }
  return out;
}

Result<std::vector<std::uint64_t>> MeshNode::ordinals_of(const Digest& id) {
  std::vector<std::uint64_t> candidates, out;
  index_.find(id, candidates);
  std::sort(candidates.begin(), candidates.end());
  for (const auto candidate : candidates) {
    bool same = false;
    const auto read =
        with_record(candidate, [&](const RecordView& record) { same = record.id() == id; });
    if (!read) return std::unexpected(read.error());
    if (same) out.push_back(candidate);
  }
  return out;
}

// Of several copies the first that came is the one that everybody knows.
Result<std::optional<std::uint64_t>> MeshNode::ordinal_of(const Digest& id) {
  const auto all = ordinals_of(id);
  if (!all) return std::unexpected(all.error());
  return all->empty() ? std::nullopt : std::optional(all->front());
}

Result<std::optional<Node::Found>> MeshNode::find(const Digest& id) {
  const auto ordinal = ordinal_of(id);
  if (!ordinal) return std::unexpected(ordinal.error());
  if (!*ordinal) return std::nullopt;
  return at(**ordinal);
}

Result<Node::Shown> MeshNode::disclose(const Digest& id) {
  const auto ordinal = ordinal_of(id);
  if (!ordinal) return std::unexpected(ordinal.error());
  if (!*ordinal) return fail(Errc::not_found, "no record {} here", to_base32(id));
  const auto held = cache_.batch_of(**ordinal);
  if (!held) return std::unexpected(held.error());
  const auto& stored = (*held)->stored;
  const auto batch = parse_batch(*stored.encoded);
  if (!batch) return std::unexpected(batch.error());
  const auto* scope = catalogue_.scopes().find(stored.log.scope);
  const auto opened = open_batch(*batch, scope && scope->key ? &*scope->key : nullptr);
  if (!opened) return std::unexpected(opened.error());
  auto shown = mesh::disclose(*batch, *opened, std::uint32_t(**ordinal - stored.first_ordinal));
  if (!shown) return std::unexpected(shown.error());
  const auto author = catalogue_.roster().certificate_at(stored.log.agent, batch->header.time);
  if (!author) return std::unexpected(author.error());
  return Shown{std::move(*shown), **author};
}

std::vector<PeerStatus> MeshNode::peers() const {
  auto out = connections_.peers();
  const auto gateways = routes_.gateways(neighbours());
  for (auto& status : out)
    for (const auto& [agent, exchange] : exchanges_) {
      const auto& roster = catalogue_.roster();
      if (roster.org_of(agent) != status.org || roster.name_of(agent) != status.agent) continue;
      if (status.state == PeerState::connected) {
        status.behind = exchange->behind();
        status.gateway = gateways.contains(agent);
        status.suspect = liveness_.suspects(agent);
      }
      for (const auto& [reason, count] : exchange->refused()) status.refused[reason] += count;
      show_flow(agent, status);
      status.clock_ahead = clocks_.ahead(agent);
      status.clock_off = clocks_.is_off(agent);
    }
  return out;
}

void MeshNode::add_peer(PeerConfig peer) { connections_.add_peer(std::move(peer)); }

std::optional<crypto::Certificate> MeshNode::analyst(std::string_view org,
                                                     std::string_view name) const {
  return catalogue_.roster().analyst(org, name);
}

std::vector<crypto::Certificate> MeshNode::analysts_at(std::string_view org,
                                                       std::string_view name,
                                                       WallTime time) const {
  return catalogue_.roster().analysts_at(org, name, time);
}

std::vector<crypto::Certificate> MeshNode::analyst_certificates(std::string_view org,
                                                                std::string_view name) const {
  return catalogue_.roster().analyst_certificates(org, name);
}

std::vector<crypto::Certificate> MeshNode::analysts() const {
  return catalogue_.roster().analysts();
}

std::vector<LastGood> MeshNode::heads_of(const AgentId& agent) const {
  std::vector<LastGood> out;
  for (const auto& head : catalogue_.heads().heads_of(agent, [](const LogKey&) { return true; }))
    if (head.contiguous > 0) out.push_back({head.key, head.contiguous, head.last});
  return out;
}

std::vector<LastGood> MeshNode::heads_of_org(std::string_view org) const {
  return catalogue_.heads().last_of(
      [&](const LogKey& log) { return catalogue_.roster().org_of(log.agent) == org; });
}

SyncCounters MeshNode::counters() const {
  auto out = counters_;
  out.clock_alarms = clocks_.alarms();
  out.logs = catalogue_.log_shares().all();
  out.own_logs = catalogue_.log_shares().of(id_);
  out.own_logs_max = catalogue_.own_logs_max();
  for (const auto& [reason, times] : connections_.turned_away()) out.refused["door_" + reason] = times;
  return out;
}

Digest MeshNode::heads_digest(std::string_view org) const {
  return digest_of(catalogue_.heads().heads([&](const LogKey& log) {
    const auto* audience = catalogue_.audience_of(log);
    if (!audience) return false;
    if (audience->all_members || org.empty()) return true;
    const auto* scope = catalogue_.scopes().find(log.scope);
    return std::any_of(
        scope->recipients.begin(), scope->recipients.end(),
        [&](const AgentId& agent) { return catalogue_.roster().org_of(agent) == org; });
  }));
}

}  // namespace tocsin::mesh
