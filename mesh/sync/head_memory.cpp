#include "mesh/sync/head_memory.hpp"

namespace tocsin::mesh {

SharedHeads HeadVectors::share(std::vector<LogHead> logs) {
  for (auto& head : logs)
    std::fill(head.last.data.begin() + head_id_bytes, head.last.data.end(), std::uint8_t(0));
  const auto digest = digest_of(logs);
  auto& known = known_[digest];
  // The digest does not cover everything: of two with the same one the newer is kept.
  if (auto held = known.lock(); held && held->logs == logs) return held;
  auto out = std::make_shared<const HeadVector>(std::move(logs), digest);
  known = out;
  if (known_.size() >= sweep_at_) {
    std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = std::max<std::size_t>(64, 2 * known_.size());
  }
  return out;
}

void HeadMemory::keep(std::deque<SharedHeads>& among, const SharedHeads& heads) {
  if (heads->logs.size() > logs_max) return;
  std::erase_if(among, [&](const auto& held) { return held->digest == heads->digest; });
  among.push_back(heads);
  if (among.size() > kept_max) among.pop_front();
}

SharedHeads HeadMemory::find(const std::deque<SharedHeads>& among, const HeadsBasis& basis) {
  for (const auto& heads : among)
    if (basis_of(heads->digest) == basis) return heads;
  return nullptr;
}

SharedHeads HeadMemory::either(const HeadsBasis& basis) const {
  auto out = find(theirs_, basis);
  return out ? out : find(ours_, basis);
}

}  // namespace tocsin::mesh
