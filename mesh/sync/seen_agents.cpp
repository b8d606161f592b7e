#include "mesh/sync/seen_agents.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

// Fact "seen/" ‖ agent id[16] → milliseconds[8] since 1970. An empty one is none.
constexpr std::string_view prefix = "seen/";

Bytes key_of(const AgentId& agent) {
  Bytes key(prefix.begin(), prefix.end());
  key.insert(key.end(), agent.data.begin(), agent.data.end());
  return key;
}

}  // namespace

SeenAgents::SeenAgents(Store& store) : store_(store) {
  const auto facts = store_.facts(bytes_of(prefix));
  if (!facts) return;
  for (const auto& [key, value] : *facts) {
    if (key.size() != prefix.size() + AgentId().data.size() || value.size() != 8) continue;
    AgentId agent;
    std::copy(key.begin() + prefix.size(), key.end(), agent.data.begin());
    const auto at = seen_[agent] = WallTime{std::int64_t(ByteReader(value).u64())};
    newest_ = std::max(newest_, at);
  }
  std::erase_if(seen_, [&](const auto& seen) {
    if (newest_ - seen.second <= 2 * lately_max) return false;
    store_.put(key_of(seen.first), {}, [](Result<void>) {});
    return true;
  });
}

void SeenAgents::see(const AgentId& agent, WallTime now) {
  // The clock was ahead and was set back: nobody was seen later than now.
  if (now < newest_)
    for (const auto& [other, at] : seen_)
      if (now < at) note(other, now);
  newest_ = now;
  const auto at = seen_.find(agent);
  if (at == seen_.end() || now - at->second >= note_every) note(agent, now);
}

void SeenAgents::note(const AgentId& agent, WallTime at) {
  seen_[agent] = at;
  ByteWriter value;
  value.u64(std::uint64_t(at.ms));
  store_.put(key_of(agent), std::move(value).take(), [](Result<void>) {});
}

std::set<AgentId> SeenAgents::lately(std::set<AgentId> agents) const {
  if (seen_.empty()) return agents;
  std::erase_if(agents, [&](const AgentId& agent) {
    const auto at = seen_.find(agent);
    return at == seen_.end() || newest_ - at->second > lately_max;
  });
  return agents;
}

}  // namespace tocsin::mesh
