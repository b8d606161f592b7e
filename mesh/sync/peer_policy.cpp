#include "mesh/sync/peer_policy.hpp"

namespace tocsin::mesh {

Duration Backoff::next(Entropy& entropy) {
  const auto wait = wait_;
  wait_ = std::min(wait_ * 2, Duration(wait_max));
  const auto jitter = Duration(entropy.number() % std::uint64_t(wait.count() / 4));
  return wait - jitter;
}

bool replaces(const Contender& fresh, const Contender& held, const AgentId& own,
              const AgentId& peer) {
  if (fresh.dialled == held.dialled || held.silent >= doubtful_silence) return true;
  const bool ours_stays = own < peer;
  return fresh.dialled == ours_stays;
}

}  // namespace tocsin::mesh
