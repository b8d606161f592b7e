// What an agent holds of its partners' logs of decisions, in a record of its own: the signature
// beside theirs that an auditor asks for, so that nobody can rewrite a log that others have seen.
#pragma once

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Everything of `log` up to `sequence` is held by who says so, and `id` is the batch there, which
/// names all those before it.
struct Witnessed {
  LogKey log;
  std::uint64_t sequence = 0;
  Digest id;
  auto operator<=>(const Witnessed&) const = default;
};
inline constexpr std::size_t witness_logs_max = 256;  ///< in one record

/// Approvals, effects, what runs do, releases and retractions: what somebody may be asked about.
bool is_decision(RecordKind kind);
/// True for the logs that decisions are in.
bool holds_decisions(const LogKey& log);

/// Tag: 1 log key[41] ‖ sequence[8] ‖ batch id[32], repeats. Beyond witness_logs_max is a bug.
Bytes encode_witness(const RecordHeader& header, const std::vector<Witnessed>& heads);
/// Errors: invalid, too_large.
Result<std::vector<Witnessed>> view_witness(const RecordView& record);

}  // namespace tocsin::mesh
