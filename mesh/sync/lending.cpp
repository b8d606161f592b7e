#include "mesh/sync/lending.hpp"

namespace tocsin::mesh {

bool Lending::published(const LogKey& log, std::uint64_t sequence,
                        std::vector<AgentId> recipients, const std::set<AgentId>& connected,
                        Instant now) {
  Entry entry{{log, sequence, now, {}}, {recipients.begin(), recipients.end()}};
  entry.recipients.erase(log.agent);
  for (const auto& recipient : entry.recipients)
    if (!connected.contains(recipient)) entry.lent.unreached.insert(recipient);
  const bool lend = !entry.lent.unreached.empty();
  entries_.push_back(std::move(entry));
  trim(now);
  return lend;
}

void Lending::reached(const AgentId& agent) {
  for (auto& entry : entries_) entry.lent.unreached.erase(agent);
}

std::vector<Lent> Lending::lost(const AgentId& agent, Instant now) {
  std::vector<Lent> out;
  for (auto& entry : entries_) {
    if (!entry.recipients.contains(agent) || now - entry.lent.published > in_doubt) continue;
    entry.lent.unreached.insert(agent);
    out.push_back(entry.lent);
  }
  return out;
}

std::vector<Lent> Lending::all() const {
  std::vector<Lent> out;
  for (const auto& entry : entries_)
    if (!entry.lent.unreached.empty()) out.push_back(entry.lent);
  return out;
}

// Forgets what everybody has; beyond lent_max the oldest, which then waits for its recipient.
void Lending::trim(Instant now) {
  while (!entries_.empty()) {
    const auto& oldest = entries_.front().lent;
    const bool settled = oldest.unreached.empty() && now - oldest.published > in_doubt;
    if (!settled && entries_.size() <= lent_max) return;
    if (!settled) ++overflowed_;
    entries_.pop_front();
  }
}

}  // namespace tocsin::mesh
