// The air-gap bundle as bytes: signed batches in a file that is sealed to the agents of one
// organisation. Sans-I/O: writer and reader take and give bytes. Layout: docs/wire-format.md.
#pragma once

#include <optional>

#include "crypto/identity.hpp"
#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

using BundleId = FixedBytes<16, struct BundleIdTag>;  ///< Random.

/// Plaintext of one segment: its kind and whole items. Two batches of full size fit.
inline constexpr std::size_t bundle_segment_bytes_max = 1024 * 1024 + 64;
inline constexpr std::size_t bundle_segment_items_max = 65'536;
inline constexpr std::size_t bundle_recipients_max = crypto::card_agents_max;
inline constexpr std::size_t bundle_header_bytes_max = 64 * 1024;
inline constexpr std::uint32_t bundle_segments_max = 1u << 24;
/// Magic and length in front of the header.
inline constexpr std::size_t bundle_prefix_bytes = 8 + 4;

enum class SegmentKind : std::uint8_t { certificates = 1, batches = 2, fork_proofs = 3 };
/// A proof of a fork as an item: two signed headers, one after the other.
inline constexpr std::size_t bundle_proof_bytes = 2 * batch_prefix_bytes;

/// One agent that can open the bundle: its key for the segments, wrapped for its sealing key.
struct BundleRecipient {
  AgentId agent;
  Bytes wrap;
};

struct BundleHeader {
  FederationId federation;
  BundleId id;
  WallTime created;
  WallTime since;                  ///< zero: everything; else what was signed from then on
  std::uint32_t segments = 0;
  std::uint64_t batches = 0, records = 0;
  std::string to;                  ///< the organisation
  Bytes certificate;               ///< of the agent that made and signed the bundle
  std::vector<BundleRecipient> recipients;
};

/// How items fall into segments: the same for whoever plans a bundle and whoever writes it.
class SegmentPacker {
 public:
  /// True when the item begins a new segment.
  bool add(SegmentKind kind, std::size_t item_bytes);
  std::uint32_t segments() const { return segments_; }

 private:
  SegmentKind kind_{};
  std::size_t bytes_ = 0, items_ = 0;
  std::uint32_t segments_ = 0;
};

struct BundleReaderKey {
  AgentId agent;
  PublicKey sealing;
};

class BundleWriter {
 public:
  /// Seals a new key to `recipients` (sorted by agent) and signs. `header` needs all but id,
  /// recipients. Errors: usage (no recipient), too_large.
  static Result<BundleWriter> begin(BundleHeader header,
                                    const std::vector<BundleReaderKey>& recipients,
                                    const crypto::SigningKey& key, Entropy& entropy);

  /// What the file begins with.
  const Bytes& head() const { return head_; }
  const BundleId& id() const { return id_; }
  /// Takes one encoded batch or certificate; gives the bytes of a segment that it completed, to be
  /// written next, or none. Errors: too_large (an item beyond a segment; more than announced).
  Result<Bytes> add(SegmentKind kind, ByteView item, Entropy& entropy);
  /// The last segment. Errors: corrupt, when the segments are not those that were announced.
  Result<Bytes> finish(Entropy& entropy);

 private:
  BundleWriter() = default;
  Bytes seal_segment(Entropy& entropy);

  Bytes head_, plain_;
  BundleId id_;
  Digest head_digest_;
  crypto::SecretKey key_;
  SegmentPacker packer_;
  std::uint32_t announced_ = 0, written_ = 0;
};

/// Reads a bundle front to back: give it needs() bytes at a time. A file that ends while needs()
/// is not 0 is cut short; one that goes on after is too long.
class BundleReader {
 public:
  /// How many bytes take() wants next; 0 once everything that was announced has been read.
  std::size_t needs() const { return needs_; }
  /// Errors: invalid (not a bundle, another form, lengths, counts), too_large; with a key also
  /// unauthenticated (a segment was altered, or belongs elsewhere).
  Result<void> take(ByteView bytes);

  /// There once the head was read. Not yet verified.
  const BundleHeader* header() const { return header_ ? &*header_ : nullptr; }
  /// Checks that `author`, a certificate that the caller trusts, signed the head within its time.
  /// Errors: unauthenticated, expired.
  Result<void> verify(const crypto::CertificateBody& author) const;
  /// Takes the key of the segments out of the wrap for `agent`; without it their content is
  /// skipped. Errors: refused (not sealed to this agent), unauthenticated.
  Result<void> unlock(const AgentId& agent, const crypto::ExchangeKey& sealing);

  /// The segment that the last take() completed, opened; null otherwise. Lifetime: until the next
  /// take(). Items are encoded batches or certificates.
  struct Segment {
    SegmentKind kind{};
    std::vector<ByteView> items;
  };
  const Segment* segment() const { return segment_ ? &*segment_ : nullptr; }

 private:
  enum class Part : std::uint8_t { prefix, head, length, segment, end };
  void expect(Part part, std::size_t bytes);
  Result<void> take_head(ByteView bytes);
  Result<void> take_segment(ByteView bytes);
  Result<void> split(ByteView plain);
  Result<void> count_batch(ByteView item);

  Part part_ = Part::prefix;
  std::size_t needs_ = bundle_prefix_bytes;
  Bytes head_;  ///< prefix, header and signature as they stand in the file
  std::optional<BundleHeader> header_;
  Digest head_digest_;
  std::optional<crypto::SecretKey> key_;
  std::uint32_t read_ = 0;
  std::uint64_t batches_ = 0, records_ = 0;
  Bytes plain_;
  std::optional<Segment> segment_;
};

}  // namespace tocsin::mesh
