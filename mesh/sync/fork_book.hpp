// Remembers every fork that was proven, durably and within bounds, and answers what of a forked
// epoch may cause effects.
#pragma once

#include <map>
#include <set>

#include "mesh/store/store.hpp"
#include "mesh/sync/fork_decision.hpp"
#include "mesh/sync/fork_proof.hpp"

namespace tocsin::mesh {

class ForkBook {
 public:
  /// Reads the proofs from the store. Lifetime: the store outlives it.
  explicit ForkBook(Store& store);

  enum class Added : std::uint8_t {
    fresh,
    known,   ///< its log is frozen from there on already, or was settled beyond it
    capped,  ///< beyond a bound; what it is about is frozen for good already, or the book is full
  };
  /// Takes a proof that was checked. It is durable once the store has put it.
  Added add(const ForkSeen& seen, const ForkProof& proof);

  /// From now on nothing that it takes comes to the store.
  void write_nothing() { writes_ = false; }

  /// Takes a decision, checked and of the author's own organisation. Two that contradict one
  /// another decide nothing. True when it changed something.
  bool decide(const ForkDecision& decision);
  /// What settles this log; null while nothing does. Lifetime: until the next decide().
  const ForkDecision* decision_on(const LogKey& log) const;

  /// All proofs, oldest first, with what has been decided.
  std::vector<ForkSeen> seen() const;
  std::size_t size() const { return proofs_.size(); }
  /// Proof number `index` as it travels; they are only ever appended.
  const ForkProof& proof(std::size_t index) const { return proofs_[index].proof; }
  /// The number of the proof that freezes this log from `sequence` or earlier on.
  std::optional<std::size_t> index_of(const LogKey& log, std::uint64_t sequence) const;

  /// True while something of this agent's epoch is not settled.
  bool epoch_frozen(const AgentId& agent, std::uint64_t epoch) const;
  /// True for a batch from a fork on, and for one of another log of its epoch that came after
  /// the proof: `ordinal` is the first of its records here.
  bool frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal) const;
  /// What frozen() said of it before there was a decision on the log `settled`.
  bool was_frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal,
                  const LogKey& settled) const;
  /// True from an unsettled fork of this very log on: there nobody can say which branch counts.
  bool ambiguous(const LogKey& log, std::uint64_t sequence) const;
  /// True beyond the last batch that a decision lets stand.
  bool beyond_decision(const LogKey& log, std::uint64_t sequence) const;

  /// Equal at two agents that hold proofs of the same; zero when there are none.
  Digest digest() const;

  static constexpr std::size_t epoch_forks_max = 16;     ///< beyond it the epoch stays frozen
  static constexpr std::size_t author_epochs_max = 16;   ///< beyond it all of the author's do
  static constexpr std::size_t forks_max = 16'384;       ///< of all authors
  static constexpr std::size_t decisions_max = 4'096;

 private:
  struct Proof {
    ForkSeen seen;
    ForkProof proof;
    std::uint64_t since = 0;  ///< ordinals of the store when it was learned
  };
  struct Epoch {
    std::vector<std::size_t> proofs;
    bool overfull = false;
  };
  struct Author {
    std::map<std::uint64_t, Epoch> epochs;
    bool overfull = false;
    std::uint64_t since = 0;  ///< of its newest proof
  };
  Added place(Proof proof);
  bool settled(const Proof& proof) const;
  bool held_back(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal,
                 const LogKey* undecided) const;
  const Epoch* epoch_of(const AgentId& agent, std::uint64_t epoch) const;

  Store& store_;
  bool writes_ = true;
  std::vector<Proof> proofs_;
  std::map<AgentId, Author> authors_;
  std::map<LogKey, ForkDecision> decisions_;
  std::set<LogKey> contradicted_;
};

}  // namespace tocsin::mesh
