// What proves that an agent signed two batches for one place: two of its signed headers, which
// anybody can check who knows its certificate.
#pragma once

#include "mesh/sync/roster.hpp"
#include "mesh/wire/frame.hpp"

namespace tocsin::mesh {

/// One place of a log for which its author signed two batches.
struct ForkSeen {
  LogKey log;
  std::uint64_t sequence = 0;
  Digest first, second;  ///< batch ids
  bool settled = false;  ///< a decision of the author's organisation names what remains
  Digest kept;           ///< batch id, when settled
  std::string org, agent;  ///< names of the author; filled in by Node::forks()
};

/// How people name a fork: the first 10 bytes of BLAKE2b over log key and sequence, in base32.
std::string fork_id(const LogKey& log, std::uint64_t sequence);

/// The header and signature in front of an encoded batch.
Bytes signed_header_of(ByteView encoded_batch);

/// Reads what the two headers say, without a look at their signatures: two batches of one log and
/// sequence, or two neighbours of which the later one names another batch before it than the
/// earlier one. Errors: invalid (of two logs, of equal bodies, or they agree with one another).
Result<ForkSeen> read_fork_proof(const ForkProof& proof);
/// The same, with both signatures checked under certificates of the author. Errors: those of
/// read_fork_proof; unauthenticated; not_found or expired (no certificate of the author that
/// covers the headers is known here: that is nobody's fault).
Result<ForkSeen> check_fork_proof(const ForkProof& proof, const Roster& roster,
                                  const FederationId& federation);

}  // namespace tocsin::mesh
