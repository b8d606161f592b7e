#include "mesh/sync/fork_proof.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::mesh {
namespace {

Result<void> check_signed(ByteView prefix, const Roster& roster, const FederationId& federation) {
  Batch batch;
  const auto header = parse_batch_header(prefix.first(batch_header_bytes));
  if (!header) return std::unexpected(header.error());
  batch.header = *header;
  batch.signature = *SignatureBytes::from(prefix.subspan(batch_header_bytes));
  batch.encoded.assign(prefix.begin(), prefix.end());
  const auto author = roster.agent_at(header->log.agent, header->time);
  if (!author) return std::unexpected(author.error());
  return verify_signature(batch, **author, federation);
}

}  // namespace

std::string fork_id(const LogKey& log, std::uint64_t sequence) {
  ByteWriter out;
  out.raw(encode_log_key(log));
  out.u64(sequence);
  return to_base32(crypto::blake2b(out.bytes()).view().first(10));
}

Bytes signed_header_of(ByteView encoded_batch) {
  const auto prefix = encoded_batch.first(batch_prefix_bytes);
  return Bytes(prefix.begin(), prefix.end());
}

Result<ForkSeen> read_fork_proof(const ForkProof& proof) {
  if (proof.first.size() != batch_prefix_bytes || proof.second.size() != batch_prefix_bytes)
    return fail(Errc::invalid, "fork proof: it holds two signed headers");
  const auto one_bytes = ByteView(proof.first).first(batch_header_bytes);
  const auto two_bytes = ByteView(proof.second).first(batch_header_bytes);
  const auto one = parse_batch_header(one_bytes);
  if (!one) return within("fork proof", one.error());
  const auto two = parse_batch_header(two_bytes);
  if (!two) return within("fork proof", two.error());
  if (one->log != two->log) return fail(Errc::invalid, "fork proof: headers of two logs");
  ForkSeen out{one->log, one->sequence, crypto::blake2b(one_bytes), {}, false, {}, {}, {}};
  if (two->sequence == one->sequence)
    out.second = crypto::blake2b(two_bytes);
  else if (two->sequence == one->sequence + 1)
    out.second = two->previous;  // Who signs a successor has signed for what it names.
  else
    return fail(Errc::invalid, "fork proof: batches {} and {} say nothing of one another",
                one->sequence, two->sequence);
  if (out.first == out.second)
    return fail(Errc::invalid, "fork proof: both headers speak of the same batch {}",
                out.sequence);
  return out;
}

Result<ForkSeen> check_fork_proof(const ForkProof& proof, const Roster& roster,
                                  const FederationId& federation) {
  auto seen = read_fork_proof(proof);
  if (!seen) return seen;
  for (const auto* prefix : {&proof.first, &proof.second})
    if (const auto good = check_signed(*prefix, roster, federation); !good)
      return within("fork proof", good.error());
  return seen;
}

}  // namespace tocsin::mesh
