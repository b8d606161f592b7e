#include "mesh/sync/catalogue.hpp"

namespace tocsin::mesh {

// Who signs a batch that names another one before it than is held there has signed two for that
// place, though nobody here has seen both.
void Catalogue::prove_by_predecessor(const Batch& batch) {
  const auto& header = batch.header;
  if (header.sequence < 2 || !heads_.has(header.log, header.sequence - 1)) return;
  const auto before = store_.batch(header.log, header.sequence - 1);
  if (before && *before) keep_proof(*(*before)->encoded, batch.encoded);
}

// The same, of a batch that fills a gap before one that came by another branch.
bool Catalogue::proven_by_successor(const Batch& batch) {
  const auto& header = batch.header;
  if (!heads_.has(header.log, header.sequence + 1)) return false;
  const auto after = store_.batch(header.log, header.sequence + 1);
  if (!after || !*after) return false;
  const auto next = parse_batch_header(ByteView(*(*after)->encoded).first(batch_header_bytes));
  if (!next || next->previous == batch.id) return false;
  keep_proof(batch.encoded, *(*after)->encoded);
  return true;
}

void Catalogue::keep_proof(ByteView earlier, ByteView later) {
  (void)take_proof({signed_header_of(earlier), signed_header_of(later)});
}

Result<ForkBook::Added> Catalogue::take_proof(const ForkProof& proof) {
  const auto claimed = read_fork_proof(proof);
  if (!claimed) return std::unexpected(claimed.error());
  if (fork_book_.index_of(claimed->log, claimed->sequence)) return ForkBook::Added::known;
  const auto seen = check_fork_proof(proof, roster_, options_.charter.federation);
  if (!seen) return std::unexpected(seen.error());
  return fork_book_.add(*seen, proof);
}

void Catalogue::foresee(const StoredBatch& stored) {
  if (!stored.log.scope.is_zero() || stored.log.log_class != LogClass::control) return;
  const auto batch = parse_batch(*stored.encoded);
  const auto opened = batch ? open_batch(*batch, nullptr) : fail(Errc::invalid, "no batch");
  if (!opened) return;
  Judged judged;
  for (const auto& record : opened->records)
    if (record.header.kind == RecordKind::certificate || record.header.kind == RecordKind::forks)
      learn(record, stored.log, judged);
}

bool Catalogue::frozen(const LogKey& log, std::uint64_t sequence, std::uint64_t ordinal) const {
  return fork_book_.frozen(log, sequence, ordinal) || on_lost_branch(log, sequence);
}

// What is held here is not the branch that the decision lets stand.
bool Catalogue::on_lost_branch(const LogKey& log, std::uint64_t sequence) const {
  const auto* decision = fork_book_.decision_on(log);
  if (!decision || sequence < decision->sequence) return false;
  const auto held = store_.batch(log, decision->sequence);
  if (!held || !*held) return false;
  const auto header = ByteView(*(*held)->encoded).first(batch_header_bytes);
  return crypto::blake2b(header) != decision->keep;
}

}  // namespace tocsin::mesh
