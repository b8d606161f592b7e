// How an organisation takes back its word for one of its agents: a record that its root signed.
#pragma once

#include "crypto/charter.hpp"
#include "mesh/sync/log_shares.hpp"
#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// The last batch of one log that its organisation still stands by.
struct LastGood {
  LogKey log;
  std::uint64_t sequence = 0;
  Digest id;  ///< of the batch
};
/// log key[41] ‖ sequence[8] ‖ id[32]
Bytes encode_last_good(const LastGood& good);
/// Errors: invalid.
Result<LastGood> decode_last_good(ByteView bytes);

struct Revocation {
  std::string org;
  AgentId agent;
  WallTime time;
  std::string reason;
  std::vector<LastGood> last_good;  ///< logs not named are distrusted from their first batch
  SignatureBytes signature;         ///< of the root; from check_revocation
};
inline constexpr std::size_t revocation_logs_max = LogShares::agent_max;

/// Tags: 1 org, 2 agent id, 3 time ms, 4 reason, 5 last good (log key[41] ‖ sequence[8] ‖ id[32],
/// repeats), 15 signature of the root over the fields before it (Label::revocation).
Bytes encode_revocation(const RecordHeader& header, const Revocation& revocation,
                        const crypto::SigningKey& root, const FederationId& federation);

/// The same words in another agent's record: `signed_one` is from check_revocation.
Bytes encode_revocation(const RecordHeader& header, const Revocation& signed_one);

/// Reads the record and checks the signature of `org`'s root. Errors: invalid, refused (no such
/// member), unauthenticated, too_large.
Result<Revocation> check_revocation(const RecordView& record, const crypto::Charter& charter);

}  // namespace tocsin::mesh
