#include "mesh/sync/witness_ledger.hpp"

#include <fmt/format.h>

namespace tocsin::mesh {

bool WitnessLedger::add(WitnessWord word) {
  const auto log = words_.find(word.head.log);
  if (log == words_.end() || !log->second.contains(word.org)) {
    auto& logs = logs_[word.org];
    if (logs >= logs_max) return false;
    ++logs;
  }
  auto& words = words_[word.head.log][word.org];
  const auto at = std::find_if(words.begin(), words.end(), [&](const WitnessWord& each) {
    return each.head.sequence <= word.head.sequence;
  });
  if (at != words.end() && at->head == word.head) return false;
  if (at == words.end() && words.size() >= words_max) return false;
  words.insert(at, std::move(word));
  if (words.size() > words_max) words.pop_back();
  return true;
}

std::set<std::string> WitnessLedger::witnesses_of(const LogKey& log, std::uint64_t sequence,
                                                  std::string_view author) const {
  std::set<std::string> out;
  const auto at = words_.find(log);
  if (at == words_.end()) return out;
  for (const auto& [org, words] : at->second)
    if (org != author && !words.empty() && words.front().head.sequence >= sequence)
      out.insert(org);
  return out;
}

std::vector<const WitnessWord*> WitnessLedger::words_on(const LogKey& log) const {
  std::vector<const WitnessWord*> out;
  const auto at = words_.find(log);
  if (at == words_.end()) return out;
  for (const auto& [org, words] : at->second)
    for (const auto& word : words) out.push_back(&word);
  return out;
}

std::string WitnessLedger::contradiction(const HeldLogs& held, WallTime settled) const {
  for (const auto& [log, by_org] : words_) {
    const auto end = held.end_of(log);
    if (end == 0) continue;
    for (const auto& [org, words] : by_org)
      for (const auto& word : words) {
        const auto id = held.id_at(log, word.head.sequence);
        if (id && *id != word.head.id)
          return fmt::format("log {} sequence {}: {} witnessed another batch there",
                             short_name(log), word.head.sequence, org);
        if (end < word.head.sequence && word.time < settled)
          return fmt::format("log {} sequence {}: it ends there, and {} witnessed it up to {}",
                             short_name(log), end, org, word.head.sequence);
      }
  }
  return {};
}

}  // namespace tocsin::mesh
