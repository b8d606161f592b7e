// How an organisation settles a fork of one of its agents: a record, signed by its root, that
// names the batches which remain.
#pragma once

#include "crypto/charter.hpp"
#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

struct ForkDecision {
  std::string org;
  LogKey log;
  std::uint64_t sequence = 0;  ///< of the first place with two batches
  Digest keep;                 ///< the batch that remains there
  std::uint64_t last = 0;      ///< the last batch of the surviving branch that counts, ≥ sequence
  Digest last_id;              ///< equals `keep` when last == sequence
  WallTime time;
  SignatureBytes signature;    ///< of the root; from check_fork_decision
  /// Whether both say the same; time and signature aside.
  bool agrees(const ForkDecision& other) const {
    return org == other.org && log == other.log && sequence == other.sequence &&
           keep == other.keep && last == other.last && last_id == other.last_id;
  }
};

/// Tags: 1 org, 2 log key[41] ‖ sequence[8], 3 id of the batch that remains, 4 last sequence,
/// 5 its id, 6 time ms, 15 signature of the root over those before it.
Bytes encode_fork_decision(const RecordHeader& header, const ForkDecision& decision,
                           const crypto::SigningKey& root, const FederationId& federation);
/// The same words in another agent's record: `signed_one` is from check_fork_decision.
Bytes encode_fork_decision(const RecordHeader& header, const ForkDecision& signed_one);

/// Reads the record and checks the signature of `org`'s root. Whether the log is that of one of
/// its agents the caller must ask the roster. Errors: invalid, refused (no such member),
/// unauthenticated.
Result<ForkDecision> check_fork_decision(const RecordView& record,
                                         const crypto::Charter& charter);

}  // namespace tocsin::mesh
