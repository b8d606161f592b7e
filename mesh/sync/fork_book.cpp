#include "mesh/sync/fork_book.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view fork_prefix = "fork/";
constexpr std::size_t fact_bytes = 2 * batch_prefix_bytes + 8;

Bytes fact_key(const LogKey& log, std::uint64_t sequence) {
  ByteWriter out;
  out.raw(bytes_of(fork_prefix));
  out.raw(encode_log_key(log));
  for (int shift = 56; shift >= 0; shift -= 8) out.u8(std::uint8_t(sequence >> shift));
  return std::move(out).take();
}

}  // namespace

ForkBook::ForkBook(Store& store) : store_(store) {
  const auto facts = store_.facts(bytes_of(fork_prefix));
  if (!facts) return;
  for (const auto& [key, value] : *facts) {
    if (value.size() != fact_bytes) continue;
    ByteReader in(value);
    const auto first = in.raw(batch_prefix_bytes), second = in.raw(batch_prefix_bytes);
    ForkProof proof{Bytes(first.begin(), first.end()), Bytes(second.begin(), second.end())};
    const auto seen = read_fork_proof(proof);
    if (seen) place({*seen, std::move(proof), in.u64()});
  }
}

ForkBook::Added ForkBook::add(const ForkSeen& seen, const ForkProof& proof) {
  Proof one{seen, proof, store_.ordinals()};
  one.seen.settled = false;
  const auto added = place(one);
  if (added != Added::fresh || !writes_) return added;
  ByteWriter value;
  value.raw(proof.first);
  value.raw(proof.second);
  value.u64(one.since);
  store_.put(fact_key(seen.log, seen.sequence), std::move(value).take(), [](Result<void>) {});
  return added;
}

// The proof with which a bound is passed is kept too: so the freeze outlives a restart, and others
// pass their bound by the same proof.
ForkBook::Added ForkBook::place(Proof proof) {
  if (proofs_.size() >= forks_max) return Added::capped;
  auto& author = authors_[proof.seen.log.agent];
  if (author.overfull) return Added::capped;
  auto& epoch = author.epochs[proof.seen.log.epoch];
  if (epoch.overfull) return Added::capped;
  if (index_of(proof.seen.log, proof.seen.sequence)) return Added::known;
  epoch.proofs.push_back(proofs_.size());
  epoch.overfull = epoch.proofs.size() > epoch_forks_max;
  author.overfull = author.epochs.size() > author_epochs_max;
  author.since = std::max(author.since, proof.since);
  proofs_.push_back(std::move(proof));
  return Added::fresh;
}

std::optional<std::size_t> ForkBook::index_of(const LogKey& log,
                                             std::uint64_t sequence) const {
  const auto* epoch = epoch_of(log.agent, log.epoch);
  if (!epoch) return std::nullopt;
  for (const auto index : epoch->proofs) {
    const auto& held = proofs_[index].seen;
    if (held.log == log && held.sequence <= sequence) return index;
  }
  return std::nullopt;
}

bool ForkBook::decide(const ForkDecision& decision) {
  const auto at = decisions_.find(decision.log);
  if (at == decisions_.end()) {
    if (decisions_.size() >= decisions_max) return false;
    decisions_.emplace(decision.log, decision);
    return true;
  }
  // An earlier fork was found since: what is said of it includes all that comes after.
  if (decision.sequence < at->second.sequence) {
    at->second = decision;
    contradicted_.erase(decision.log);
    return true;
  }
  if (decision.sequence > at->second.sequence || at->second.agrees(decision)) return false;
  return contradicted_.insert(decision.log).second;
}

const ForkDecision* ForkBook::decision_on(const LogKey& log) const {
  const auto at = decisions_.find(log);
  return at == decisions_.end() || contradicted_.contains(log) ? nullptr : &at->second;
}

std::vector<ForkSeen> ForkBook::seen() const {
  std::vector<ForkSeen> out;
  for (const auto& proof : proofs_) {
    out.push_back(proof.seen);
    if (!settled(proof)) continue;
    out.back().settled = true;
    out.back().kept = decision_on(proof.seen.log)->keep;
  }
  return out;
}

bool ForkBook::settled(const Proof& proof) const {
  const auto* decision = decision_on(proof.seen.log);
  return decision && decision->sequence <= proof.seen.sequence;
}

const ForkBook::Epoch* ForkBook::epoch_of(const AgentId& agent, std::uint64_t epoch) const {
  const auto author = authors_.find(agent);
  if (author == authors_.end()) return nullptr;
  const auto at = author->second.epochs.find(epoch);
  return at == author->second.epochs.end() ? nullptr : &at->second;
}

bool ForkBook::epoch_frozen(const AgentId& agent, std::uint64_t epoch) const {
  const auto author = authors_.find(agent);
  if (author != authors_.end() && author->second.overfull) return true;
  const auto* held = epoch_of(agent, epoch);
  if (!held) return false;
  if (held->overfull) return true;
  return std::any_of(held->proofs.begin(), held->proofs.end(),
                     [&](std::size_t index) { return !settled(proofs_[index]); });
}

bool ForkBook::frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal) const {
  return beyond_decision(log, sequence) || held_back(log, sequence, ordinal, nullptr);
}

bool ForkBook::was_frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal,
                          const LogKey& settled) const {
  return held_back(log, sequence, ordinal, &settled);
}

bool ForkBook::held_back(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal,
                         const LogKey* undecided) const {
  const auto author = authors_.find(log.agent);
  if (author == authors_.end()) return false;
  if (author->second.overfull && ordinal >= author->second.since) return true;
  const auto* epoch = epoch_of(log.agent, log.epoch);
  if (!epoch) return false;
  for (const auto index : epoch->proofs) {
    const auto& proof = proofs_[index];
    const bool open = undecided && *undecided == proof.seen.log;
    if (settled(proof) && !open && !epoch->overfull) continue;
    if (log == proof.seen.log ? sequence >= proof.seen.sequence : ordinal >= proof.since)
      return true;
  }
  return false;
}

bool ForkBook::ambiguous(const LogKey& log, std::uint64_t sequence) const {
  const auto* epoch = epoch_of(log.agent, log.epoch);
  if (!epoch) return false;
  return std::any_of(epoch->proofs.begin(), epoch->proofs.end(), [&](std::size_t index) {
    const auto& proof = proofs_[index];
    return proof.seen.log == log && sequence >= proof.seen.sequence && !settled(proof);
  });
}

bool ForkBook::beyond_decision(const LogKey& log, std::uint64_t sequence) const {
  const auto* decision = decision_on(log);
  return decision && sequence > decision->last;
}

// Which proof of a place one holds is chance, and so is what it holds of one that is overfull:
// neither is part of the digest.
Digest ForkBook::digest() const {
  if (proofs_.empty()) return {};
  ByteWriter out;
  for (const auto& [agent, author] : authors_) {
    out.fixed(agent);
    out.u8(author.overfull ? 1 : 0);
    if (author.overfull) continue;
    for (const auto& [number, epoch] : author.epochs) {
      out.u64(number);
      out.u8(epoch.overfull ? 1 : 0);
      if (epoch.overfull) continue;
      std::map<LogKey, std::uint64_t> first;
      for (const auto index : epoch.proofs) {
        const auto& seen = proofs_[index].seen;
        const auto [at, fresh] = first.emplace(seen.log, seen.sequence);
        if (!fresh) at->second = std::min(at->second, seen.sequence);
      }
      for (const auto& [log, sequence] : first) {
        out.raw(encode_log_key(log));
        out.u64(sequence);
      }
    }
  }
  return crypto::blake2b(out.bytes());
}

}  // namespace tocsin::mesh
