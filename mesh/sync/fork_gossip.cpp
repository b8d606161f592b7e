#include "mesh/sync/fork_gossip.hpp"

namespace tocsin::mesh {

void ForkGossip::connected(const AgentId& peer) {
  Peer fresh;
  fresh.fresh = fresh.held_before = book_.size();
  peers_[peer] = std::move(fresh);
}

void ForkGossip::greeted(const AgentId& peer, const Digest& digest, Instant now) {
  const auto at = peers_.find(peer);
  if (at == peers_.end() || same_head_id(digest, book_.digest())) return;
  auto& state = at->second;
  if (state.shown && now < *state.shown + show_again) return;
  if (state.shown) state.held_before = state.fresh;  // What it was given since was lost on it.
  state.shown = now;
  state.old = 0;
  state.old_end = state.held_before;
}

void ForkGossip::held_by(const AgentId& peer, std::size_t index) {
  if (const auto at = peers_.find(peer); at != peers_.end()) at->second.held.insert(index);
}

std::optional<std::size_t> ForkGossip::next(const AgentId& peer) {
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return std::nullopt;
  auto& state = at->second;
  while (state.old < state.old_end && state.held.contains(state.old)) ++state.old;
  if (state.old < state.old_end) return state.old;
  while (state.fresh < book_.size() && state.held.contains(state.fresh)) ++state.fresh;
  if (state.fresh < book_.size()) return state.fresh;
  return std::nullopt;
}

void ForkGossip::sent(const AgentId& peer) {
  const auto at = peers_.find(peer);
  if (at == peers_.end()) return;
  auto& state = at->second;
  ++(state.old < state.old_end ? state.old : state.fresh);
}

}  // namespace tocsin::mesh
