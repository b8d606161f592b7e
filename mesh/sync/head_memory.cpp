#include "mesh/sync/head_memory.hpp"

#include <set>

namespace tocsin::mesh {

// What several have in common is held once. Ranges take up some room too.
std::size_t HeadMemory::logs_in(const std::deque<SharedHeads>& among) {
  std::set<SharedSection> sections;
  for (const auto& heads : among) sections.insert(heads->sections.begin(), heads->sections.end());
  std::size_t out = 0;
  for (const auto& section : sections) out += section->logs.size() + section->ranges / 4;
  return out;
}

void HeadMemory::keep(std::deque<SharedHeads>& among, const SharedHeads& heads) {
  std::erase_if(among, [&](const auto& held) { return held->digest == heads->digest; });
  among.push_back(heads);
  while (among.size() > kept_max || (among.size() > 1 && logs_in(among) > logs_max))
    among.pop_front();
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
