#include "mesh/wire/disclosure.hpp"

namespace tocsin::mesh {

Result<Disclosure> disclose(const Batch& batch, const OpenedBatch& opened, std::uint32_t index) {
  const auto& records = opened.records;
  if (index >= records.size())
    return fail(Errc::not_found, "batch of {} records: there is no record {}", records.size(),
                index);
  std::vector<crypto::Salt> salts(records.size());
  crypto::salts_of(ByteView(opened.payload).first(batch_secret_bytes), salts);
  std::vector<Digest> leaves(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    leaves[i] = crypto::leaf_digest(salts[i], records[i].bytes);

  const auto prefix = ByteView(batch.encoded).first(batch_prefix_bytes);
  const auto record = records[index].bytes;
  return Disclosure{Bytes(prefix.begin(), prefix.end()), index, salts[index],
                    crypto::merkle_proof(std::move(leaves), index),
                    Bytes(record.begin(), record.end())};
}

Result<BatchHeader> header_of(const Disclosure& disclosure) {
  if (disclosure.prefix.size() != batch_prefix_bytes)
    return fail(Errc::invalid, "disclosure: a prefix of {} bytes, {} belong",
                disclosure.prefix.size(), batch_prefix_bytes);
  return parse_batch_header(ByteView(disclosure.prefix).first(batch_header_bytes));
}

Result<RecordView> check_disclosure(const Disclosure& disclosure,
                                    const crypto::CertificateBody& author,
                                    const FederationId& federation) {
  const auto header = header_of(disclosure);
  if (!header) return std::unexpected(header.error());
  const auto signature = ByteView(disclosure.prefix).subspan(batch_header_bytes);
  const Batch alone{*header, *SignatureBytes::from(signature), disclosure.prefix, {}};
  if (const auto signed_well = verify_signature(alone, author, federation); !signed_well)
    return std::unexpected(signed_well.error());

  const auto leaf = crypto::leaf_digest(disclosure.salt, disclosure.record);
  const auto root = crypto::root_from_proof(leaf, disclosure.index, header->record_count,
                                            disclosure.proof);
  if (!root || *root != header->root)
    return fail(Errc::unauthenticated, "batch {} of {}: the record does not lead to the signed root",
                header->sequence, short_name(header->log));
  const auto record = view_record(disclosure.record);
  if (!record) return std::unexpected(record.error());
  if (const auto fits = check_in_log(*record, header->log); !fits)
    return std::unexpected(fits.error());
  return *record;
}

}  // namespace tocsin::mesh
