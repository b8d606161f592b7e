#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {

// Live messages still find room while bulk waits for the store.
Task<void> MeshNode::ready(const Session& session) {
  const auto room = is_bulk(session.facts().purpose) ? Room::bulk : Room::live;
  while (store_.full(room) && !stopped_) co_await store_.wait_for_room(room);
}

Task<void> MeshNode::turn(const Session& session) {
  if (!is_bulk(session.facts().purpose)) co_return;
  auto turn = turns_.take();
  co_await turn;
}

// Credit is counted by connection: what a replaced one still brings is not counted in the new one.
bool MeshNode::is_current(const Session& session) const {
  return connections_.find(session.facts().agent, session.facts().purpose).get() == &session;
}

Result<std::optional<Bytes>> MeshNode::next_answer(Session& session) {
  const auto& facts = session.facts();
  auto* exchange = this->exchange(facts.agent);
  if (!exchange || !is_bulk(facts.purpose) || !is_current(session)) return std::nullopt;
  return exchange->next_answer(facts.purpose);
}

Result<void> MeshNode::receive_bulk(Bytes encoded, Session& session) {
  const auto begun = world_.clock.now();
  const auto& facts = session.facts();
  const auto bytes = encoded.size();
  auto batch = parse_batch(std::move(encoded));
  ++counters_.received;
  if (!batch) {
    ++counters_.refused["format"];
    return std::unexpected(batch.error());
  }
  const auto current = connections_.find(facts.agent, facts.purpose);
  auto* exchange = this->exchange(facts.agent);
  if (exchange && current.get() == &session) {
    owed_ = Owed{current,
                 {facts.purpose, share_of(batch->header.log.log_class), bytes, begun}};
    if (const auto within_credit = exchange->arrived(owed_->batch); !within_credit) {
      connections_.count(facts.agent, "beyond_credit");
      owed_.reset();
      return within_credit;
    }
  }
  const auto taken = take(std::move(*batch), facts.agent, false);
  turns_.spend(world_.clock.now() - begun);
  // What goes to the disk is credited once it is there.
  if (const auto owed = std::exchange(owed_, std::nullopt)) give_credit(*owed);
  return taken;
}

void MeshNode::give_credit(const Owed& owed) {
  const auto session = owed.session.lock();
  if (!session || !is_current(*session)) return;
  const auto& agent = session->facts().agent;
  if (auto* exchange = this->exchange(agent))
    send_all(agent, exchange->consumed(owed.batch, world_.clock.now()));
}

// Measures the links, and dials or gives up what lies beside the first bulk connection.
void MeshNode::look_after_lanes() {
  const auto most = std::min(options_.lanes_max, lanes_max);
  for (const auto& [agent, exchange] : exchanges_) {
    const auto live = connections_.find(agent, Purpose::live);
    if (!live) continue;
    exchange->on_rtt(live->rtt(), world_.clock.now());
    if (!live->facts().dialled) continue;
    const auto worth = exchange->lanes_worth(most);
    // More when they are worth it, and none fewer while they are at work.
    if (worth > 1) connections_.want_lanes(agent, std::max(worth, exchange->lanes()));
    if (worth > 1) continue;
    connections_.want_lanes(agent, 1);
    if (exchange->lanes() < 2) continue;
    for (std::size_t lane = 2; lane <= lanes_max; ++lane)
      if (const auto session = connections_.find(agent, Purpose(lane)))
        if (exchange->idle(Purpose(lane))) session->leave(ByeReason::idle);
  }
}

void MeshNode::show_flow(const AgentId& agent, PeerStatus& status) const {
  const auto at = exchanges_.find(agent);
  if (at == exchanges_.end()) return;
  status.lanes = at->second->lanes();
  status.credit_bytes = at->second->credit_bytes();
}

}  // namespace tocsin::mesh
