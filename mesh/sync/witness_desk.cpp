#include "mesh/sync/witness_desk.hpp"

namespace tocsin::mesh {

bool WitnessDesk::grew(const LogKey& log, const Audience& audience, bool decision, Instant now) {
  auto at = logs_.find(log);
  if (at == logs_.end()) {
    if (logs_.size() >= logs_max) return false;
    at = logs_.emplace(log, Log{audience, 0, false}).first;
  }
  at->second.changed = true;
  const auto when = now + (decision ? after_decision : every) + per_rank * rank_;
  due_ = due_ ? std::min(*due_, when) : when;
  return true;
}

void WitnessDesk::covered(const LogKey& log, std::uint64_t sequence) {
  const auto at = logs_.find(log);
  if (at != logs_.end()) at->second.covered = std::max(at->second.covered, sequence);
}

std::vector<WitnessRound> WitnessDesk::take(
    Instant now, const std::function<std::optional<Witnessed>(const LogKey&)>& head_of) {
  std::vector<WitnessRound> out;
  due_.reset();
  for (auto& [log, state] : logs_) {
    if (!state.changed) continue;
    const auto head = head_of(log);
    if (!head || head->sequence <= state.covered) {
      state.changed = false;  // A gap closes with a batch, which changes it again.
      continue;
    }
    auto round = std::find_if(out.begin(), out.end(), [&](const WitnessRound& each) {
      return each.audience == state.audience && each.heads.size() < witness_logs_max;
    });
    if (round == out.end()) {
      if (out.size() >= rounds_max) {
        due_ = now;
        continue;
      }
      round = out.insert(out.end(), WitnessRound{state.audience, {}});
    }
    round->heads.push_back(*head);
    state.covered = head->sequence;
    state.changed = false;
  }
  return out;
}

}  // namespace tocsin::mesh
