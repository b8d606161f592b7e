// Reads a store without a running agent: every record in it, and whether it all holds together.
#pragma once

#include "mesh/sync/node.hpp"
#include "mesh/sync/witness_ledger.hpp"

namespace tocsin::mesh {

/// Whose store it is.
struct ArchiveKeys {
  AgentId own;
  const crypto::ExchangeKey& sealing;
};

/// Calls `each` with every batch that this agent can read, in the order in which they came, with
/// `replay` set. Errors: io, corrupt (naming log and sequence).
Result<void> read_archive(Store& store, const crypto::Charter& charter, const ArchiveKeys& keys,
                          const std::function<void(const Delivered&)>& each);

struct Audit {
  std::uint64_t entries = 0;   ///< records in all batches, except those dropped
  std::uint64_t batches = 0, logs = 0;
  std::uint64_t witnessed = 0; ///< of the batches, those that another organisation vouches for
  std::uint64_t dropped = 0;   ///< batches of which only header and signature were kept
  bool ok = true;
  std::string first_bad;       ///< what is wrong with which log and sequence; empty when ok
};

/// Checks, without any secret: each batch's signature under its author's certificate, its content
/// against its signed root or payload digest (unless it was dropped), that each batch names the one before, that no log
/// that can be read here has a gap, and that nothing contradicts what witnesses signed: those that
/// can be read without a key, and `known` besides. Of a log that is shorter than witnessed only what
/// was signed before `settled` counts. Errors: io, corrupt.
struct ArchiveWitnesses {
  WitnessLedger known;
  WallTime settled{record_time_ms_max};
};
Result<Audit> verify_archive(Store& store, const crypto::Charter& charter,
                             ArchiveWitnesses witnesses = {});

}  // namespace tocsin::mesh
