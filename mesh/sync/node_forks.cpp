#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {

std::vector<ForkSeen> MeshNode::forks() const {
  auto out = catalogue_.forks();
  for (auto& seen : out) {
    seen.org = catalogue_.roster().org_of(seen.log.agent);
    seen.agent = catalogue_.roster().name_of(seen.log.agent);
  }
  return out;
}

Result<void> MeshNode::on_fork_proof(const Session& session, const ForkProof& proof) {
  const auto& facts = session.facts();
  const auto added = catalogue_.take_proof(proof);
  if (!added) {
    ++counters_.refused["fork_proof"];
    connections_.count(facts.agent, "fork_proof");
    const auto code = added.error().code;
    // A certificate that has not come yet is nobody's fault: the proof is shown again.
    if (code == Errc::not_found || code == Errc::expired) return {};
    return std::unexpected(added.error());
  }
  const auto seen = read_fork_proof(proof);
  if (const auto index = catalogue_.fork_book().index_of(seen->log, seen->sequence))
    fork_gossip_.held_by(facts.agent, *index);
  look_for_forks();
  return {};
}

// Says aloud what was proven since the last look, and passes it on.
void MeshNode::look_for_forks() {
  const auto& book = catalogue_.fork_book();
  if (forks_told_ == book.size()) return;
  for (; forks_told_ < book.size(); ++forks_told_) {
    const auto seen = read_fork_proof(book.proof(forks_told_));
    const auto& agent = seen->log.agent;
    world_.log.error("{}/{} signed two batches for place {} of log {}: its epoch may alert, and "
                     "causes no effects until `tocsin fork resolve`",
                     catalogue_.roster().org_of(agent), catalogue_.roster().name_of(agent),
                     seen->sequence, short_name(seen->log));
    if (agent == id_) close_epoch(seen->log.epoch);
  }
  for (const auto& session : connections_.live()) show_forks(*session);
}

// What does not fit into the queue now is tried again with the next tick.
void MeshNode::show_forks(Session& session) {
  const auto& peer = session.facts().agent;
  while (const auto index = fork_gossip_.next(peer)) {
    if (!session.send(catalogue_.fork_book().proof(*index))) return;
    fork_gossip_.sent(peer);
  }
}

// What was kept from causing anything while nobody knew which branch counts is delivered again.
void MeshNode::thaw(const std::vector<LogKey>& settled) {
  for (const auto& log : settled) {
    if (log.agent == id_) continue;  // Nothing of its own was kept back here.
    world_.log.warn("the fork of log {} is {}", short_name(log),
                    catalogue_.fork_book().decision_on(log)
                        ? "settled"
                        : "open again: two decisions contradict one another");
    const auto logs = catalogue_.heads().heads([&](const LogKey& each) {
      return each.agent == log.agent && each.epoch == log.epoch;
    });
    for (const auto& head : logs)
      if (const auto done = redeliver(head.key, log); !done)
        world_.log.error("log {}: {}", short_name(head.key), done.error().message);
  }
}

Result<void> MeshNode::redeliver(const LogKey& log, const LogKey& settled) {
  constexpr std::size_t batches_max = 64, bytes_max = 4 * 1024 * 1024;  // In one read.
  const auto* audience = catalogue_.audience_of(log);
  if (!audience) return {};
  const auto* scope = catalogue_.scopes().find(log.scope);
  for (std::uint64_t next = 1;;) {
    const auto held = store_.batches(log, next, batches_max, bytes_max);
    if (!held) return std::unexpected(held.error());
    if (held->empty()) return {};
    for (const auto& stored : *held) {
      next = stored.sequence + 1;
      const auto ordinal = stored.first_ordinal;
      if (stored.readable == 0 || stored.dropped() || catalogue_.frozen(log, stored.sequence, ordinal) ||
          !catalogue_.fork_book().was_frozen(log, stored.sequence, ordinal, settled))
        continue;
      auto batch = parse_batch(*stored.encoded);
      if (!batch) return std::unexpected(batch.error());
      auto opened = open_batch(*batch, scope && scope->key ? &*scope->key : nullptr);
      if (!opened) return std::unexpected(opened.error());
      const auto came = provenance_.of(ordinal);
      Arrival arrival{std::move(*batch), std::move(*opened), {}, {}, *audience,
                      came ? std::string(came->via) : std::string(), ordinal};
      tell(arrival, true);
    }
  }
}

}  // namespace tocsin::mesh
