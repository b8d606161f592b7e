// The signed batch: 1 to 1,024 records of one log under one signature, which verifies standalone
// and is stored and forwarded as the bytes that were received.
#pragma once

#include "crypto/sealed.hpp"
#include "mesh/wire/record.hpp"

namespace tocsin::mesh {

/// Its own log for each, so that no alarm queues behind an import. Wire values.
enum class LogClass : std::uint8_t { urgent = 1, indicator = 2, case_ = 3, control = 4 };
std::string_view name_of(LogClass log_class);

/// Where a batch belongs. The zero scope is "all members" and its payload is not sealed.
struct LogKey {
  AgentId agent;
  std::uint64_t epoch = 0;
  ScopeId scope;
  LogClass log_class{};
  auto operator<=>(const LogKey&) const = default;
};
inline constexpr std::size_t log_key_bytes = 41;
Bytes encode_log_key(const LogKey& key);  ///< agent ‖ epoch (big-endian) ‖ scope ‖ class; sorts
/// Errors: invalid.
Result<LogKey> decode_log_key(ByteView bytes);
/// First 10 bytes of BLAKE2b over the encoded key, in base32: how people see a log.
std::string short_name(const LogKey& key);

inline constexpr std::size_t batch_records_max = 1024;
inline constexpr std::size_t batch_bytes_max = 512 * 1024;
inline constexpr std::size_t batch_header_bytes = 164;
inline constexpr std::size_t batch_prefix_bytes = batch_header_bytes + 64;
inline constexpr std::size_t batch_secret_bytes = 32;
inline constexpr std::uint64_t batch_sequence_max = std::uint64_t(1) << 48;
/// What of the header stands before the payload digest: the associated data of a sealed payload.
inline constexpr std::size_t batch_ad_bytes = batch_header_bytes - Digest::size;

/// version[1]=1 ‖ class[1] ‖ record count[2] ‖ payload length[4] ‖ agent[16] ‖ epoch[8] ‖
/// scope[16] ‖ sequence[8] ‖ time ms[8] ‖ flags[4]=0 ‖ previous batch id[32] ‖ Merkle root[32] ‖
/// payload digest[32] (zero where the payload is not sealed)
struct BatchHeader {
  LogKey log;
  std::uint16_t record_count = 0;
  std::uint32_t payload_length = 0;
  std::uint64_t sequence = 0;  ///< from 1 to batch_sequence_max, without gaps, per log
  WallTime time;
  Digest previous;  ///< id of the batch before in this log; zero for sequence 1
  Digest root;
  Digest payload_digest;
};

/// A batch whose bytes hang together: header parsed, lengths right. Not yet verified.
/// Encoded: header[164] ‖ signature[64] ‖ payload. Payload in clear: secret[32] ‖ records, each
/// length[4] ‖ bytes. Sealed: crypto::seal() of that, with the header up to (excluding) the
/// payload digest as associated data.
struct Batch {
  BatchHeader header;
  SignatureBytes signature;
  Bytes encoded;
  Digest id;  ///< BLAKE2b-256 of the header bytes
  ByteView header_bytes() const { return ByteView(encoded).first(batch_header_bytes); }
  ByteView payload() const { return ByteView(encoded).subspan(batch_prefix_bytes); }
  bool sealed() const { return !header.log.scope.is_zero(); }
};
/// Sequence 1 and a zero previous id go together, and so do a zero scope and a zero payload
/// digest. Errors: invalid, too_large.
Result<Batch> parse_batch(Bytes encoded);

/// The header alone, as it stands in front of a batch or in a fork proof. Errors: invalid.
Result<BatchHeader> parse_batch_header(ByteView header);

/// The records of a batch, checked against the Merkle root. Lifetime: views into `payload`.
struct OpenedBatch {
  Bytes payload;  ///< in clear; records view into it
  std::vector<RecordView> records;
};

/// Checks the signature with the author's certificate: header time within it, key, federation.
/// Errors: unauthenticated; expired (its author's, but of another time).
Result<void> verify_signature(const Batch& batch, const crypto::CertificateBody& author,
                              const FederationId& federation);
/// Opens with `scope_key` (ignored for the zero scope), checks root, record formats, record
/// authors, and that no record's marking forbids this kind of scope (only CLEAR and GREEN in the
/// zero scope). For a sealed batch without key use check_sealed. Errors: unauthenticated,
/// invalid, marking.
Result<OpenedBatch> open_batch(const Batch& batch, const crypto::SecretKey* scope_key);
/// The same for a batch that was opened before it was kept, and whose bytes a checksum vouches
/// for: neither the root nor the digest of a sealed payload is worked out again. Lifetime: the
/// records of an unsealed batch view into `batch.encoded`. Errors: as open_batch.
Result<OpenedBatch> open_kept(const Batch& batch, const crypto::SecretKey* scope_key);
/// What every receiver demands of one record in a batch of `log`. Errors: unauthenticated (another
/// author), marking, and those of check_record.
Result<void> check_in_log(const RecordView& record, const LogKey& log);
/// What a carrier can check without the key: the payload digest. Errors: unauthenticated.
Result<void> check_sealed(const Batch& batch);

/// What to put into a new batch.
struct BatchDraft {
  LogKey log;
  std::uint64_t sequence = 0;
  WallTime time;
  Digest previous;
  std::span<const Bytes> records;
};
/// Errors: too_large (count or bytes), usage (no record, or a named scope without its key), and
/// those of open_batch for a record that no receiver would take.
Result<Batch> sign_batch(const BatchDraft& draft, const crypto::SigningKey& key,
                         const FederationId& federation, const crypto::SecretKey* scope_key,
                         Entropy& entropy);

}  // namespace tocsin::mesh
