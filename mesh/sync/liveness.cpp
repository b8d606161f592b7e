#include "mesh/sync/liveness.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

constexpr std::size_t crowd_min = 3;      // Two silent partners are no sign of an own fault.
constexpr int good_ticks_to_recover = 4;  // A second without a sign takes a point away.

}  // namespace

std::vector<Liveness::Ask> Liveness::tick(Instant now, const std::vector<Peer>& peers) {
  feel(now, peers);
  std::erase_if(doubts_, [&](const auto& entry) {
    return std::none_of(peers.begin(), peers.end(), [&](const Peer& peer) {
      return peer.agent == entry.first && now - peer.heard >= limit();
    });
  });
  std::vector<Ask> out;
  for (const auto& peer : peers) {
    if (now - peer.heard < limit()) continue;
    const auto at = doubts_.find(peer.agent);
    if (at == doubts_.end()) {
      ask(now, peer, peers, out);
    } else if (!at->second.suspected && now - at->second.asked >= answer_max) {
      if (at->second.vouched)
        ask(now, peer, peers, out);
      else
        at->second.suspected = true;
    }
  }
  return out;
}

// Late ticks, or most of the others silent at once, are rather this agent's own trouble.
void Liveness::feel(Instant now, const std::vector<Peer>& peers) {
  const bool late = last_tick_ && now - *last_tick_ >= 2 * tick_every;
  last_tick_ = now;
  const auto silent = std::size_t(std::count_if(
      peers.begin(), peers.end(), [&](const Peer& peer) { return now - peer.heard >= silence; }));
  const bool deaf = silent >= crowd_min && 2 * silent > peers.size();
  if (late || deaf) {
    bad_health_ = std::min(bad_health_ + 1, health_max);
    good_ticks_ = 0;
  } else if (++good_ticks_ >= good_ticks_to_recover) {
    bad_health_ = std::max(bad_health_ - 1, 0);
    good_ticks_ = 0;
  }
}

void Liveness::ask(Instant now, const Peer& about, const std::vector<Peer>& peers,
                   std::vector<Ask>& out) {
  auto& doubt = doubts_[about.agent];
  doubt = {now, next_nonce_++, false, true};
  std::size_t asked = 0;
  for (const auto& peer : peers) {
    if (peer.org != about.org || peer.agent == about.agent || asked == asked_max) continue;
    if (now - peer.heard >= silence) continue;
    out.push_back({peer.agent, about.agent, doubt.nonce});
    ++asked;
    doubt.suspected = false;  // Somebody may know better.
  }
}

void Liveness::answered(const AgentId& target, std::uint64_t nonce, bool alive) {
  const auto at = doubts_.find(target);
  if (at == doubts_.end() || at->second.nonce != nonce || !alive) return;
  at->second.vouched = true;
  at->second.suspected = false;
}

bool Liveness::suspects(const AgentId& agent) const {
  const auto at = doubts_.find(agent);
  return at != doubts_.end() && at->second.suspected;
}

}  // namespace tocsin::mesh
