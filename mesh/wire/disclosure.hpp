// One record of a batch for somebody who may see none of the others: the signed header, the
// record, and the way from it up to the signed Merkle root. It verifies without any key.
#pragma once

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

struct Disclosure {
  Bytes prefix;  ///< header ‖ signature: batch_prefix_bytes
  std::uint32_t index = 0;  ///< of the record in its batch
  crypto::Salt salt{};
  std::vector<Digest> proof;  ///< lowest sibling first
  Bytes record;
};

/// Shows record `index` of `batch`, which `opened` is the content of. Errors: not_found.
Result<Disclosure> disclose(const Batch& batch, const OpenedBatch& opened, std::uint32_t index);

/// The header alone; nothing is checked but its form. Errors: invalid.
Result<BatchHeader> header_of(const Disclosure& disclosure);
/// Checks signature, proof and record, as a receiver of the batch would. Errors: invalid,
/// unauthenticated, expired, marking.
Result<RecordView> check_disclosure(const Disclosure& disclosure,
                                    const crypto::CertificateBody& author,
                                    const FederationId& federation);

}  // namespace tocsin::mesh
