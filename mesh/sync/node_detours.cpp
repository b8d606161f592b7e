// The node's side of a gateway that has just fallen silent: what was pushed into it, or through
// it, takes another way as soon as its answer is overdue.
#include "mesh/sync/mesh_node.hpp"

namespace tocsin::mesh {
namespace {

// A timer that comes later than this tells of this agent's own trouble, not of a peer's.
constexpr Duration own_delay_max = std::chrono::milliseconds(25);

}  // namespace

// Only for what hurries: the rest comes by comparing heads soon enough.
void MeshNode::note_push(const Batch& batch, const AgentId& from, bool carried,
                         std::vector<AgentId> sent) {
  const auto& header = batch.header;
  if (!hurries(header.log)) return;
  recent_.note({header.log, header.sequence, from, carried, world_.clock.now(), std::move(sent)});
  await_answers();
}

// Comes back when the first answer that is still awaited is overdue.
void MeshNode::await_answers() {
  if (answer_timer_ != 0) return;
  const auto now = world_.clock.now();
  std::optional<Instant> first;
  for (const auto& session : connections_.live()) {
    const auto due = session->answer_due();
    if (due && *due > now && (!first || *due < *first)) first = due;
  }
  if (first) look_at(*first);
}

void MeshNode::look_at(Instant due) {
  answer_timer_ = world_.loop.after(due - world_.clock.now(), [this, due] {
    answer_timer_ = 0;
    look_for_silence(due);
    await_answers();
  });
}

void MeshNode::look_for_silence(Instant due) {
  const auto now = world_.clock.now();
  if (now - due > own_delay_max) return look_at(now + own_delay_max);  // What came is read first.
  std::set<AgentId> late;
  for (const auto& session : connections_.live())
    if (session->overdue(now)) late.insert(session->facts().agent);
  const bool news = !std::includes(late_.begin(), late_.end(), late.begin(), late.end());
  late_ = std::move(late);
  if (!news) return;
  announce_routes();
  take_detours();
}

// Sends what came by of late to those to whom it would go as things stand now: what went to
// somebody who is late, and what a colleague handed over, whose routes tell who goes first.
void MeshNode::take_detours() {
  const auto now = world_.clock.now();
  for (auto& push : recent_.of_late(now)) {
    const bool held_up = std::any_of(push.sent.begin(), push.sent.end(),
                                     [&](const AgentId& agent) { return late_.contains(agent); });
    if (!held_up && catalogue_.roster().org_of(push.from) != options_.org) continue;
    if (!held_up && push.from == id_) continue;
    std::vector<std::shared_ptr<Session>> to;
    for (const auto& agent : readers_of(push.log, push.from, push.carried, false)) {
      const auto session = connections_.find(agent, Purpose::live);
      // Who has connected since compares heads.
      if (!session || session->since() > push.at || session->overdue(now)) continue;
      const auto& org = session->facts().org;
      const bool told = std::any_of(push.sent.begin(), push.sent.end(), [&](const AgentId& other) {
        return catalogue_.roster().org_of(other) == org;
      });
      const bool again = told && org != options_.org;
      if (RecentPushes::take(push, agent, again ? org : "")) to.push_back(session);
    }
    if (to.empty()) continue;
    const auto stored = store_.batch(push.log, push.sequence);
    if (!stored || !*stored || (*stored)->dropped()) continue;
    for (const auto& session : to) session->send_batch(*(*stored)->encoded, true);
  }
  await_answers();
}

}  // namespace tocsin::mesh
