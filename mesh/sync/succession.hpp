// Which version of the charter comes next, of those that records of the mesh offer.
#pragma once

#include "crypto/charter_chain.hpp"
#include "mesh/wire/record.hpp"

namespace tocsin::mesh {

/// One version as it travels: what follow_charter() takes.
struct OfferedCharter {
  std::string body_text;
  std::vector<crypto::CharterSignature> signatures;
  std::vector<Bytes> certificates = {};  ///< by roots that it brings; nobody knows them otherwise
};
/// Tags: 1 text of the body, 2 signature (organisation[1+n] ‖ signature[64], repeats), 3 certificate
/// (repeats, at most charter_record_certificates_max; left out where they do not fit). Errors:
/// too_large (over record_bytes_max: such a version goes by file).
Result<Bytes> encode_charter_record(const RecordHeader& header, const OfferedCharter& version);
/// Errors: invalid, too_large.
Result<OfferedCharter> decode_charter_record(const RecordView& record);

inline constexpr std::size_t charter_record_certificates_max = 768;
/// The last version of `charter` as it travels.
OfferedCharter offered_from(const crypto::Charter& charter);

/// Sans I/O. Remembers what came too early, and what contradicts the line in force.
class Succession {
 public:
  /// Takes an offer into account, whoever made it. Errors: refused (it contradicts the version
  /// that is or was in force, or cannot follow it), invalid, unauthenticated, full.
  Result<void> offer(const crypto::Charter& current, OfferedCharter version);
  /// The next version whose signatures suffice, if it was offered: to be asked for again with the
  /// one that it gave as `current`.
  std::optional<crypto::Charter> next(const crypto::Charter& current);
  /// True when a record has carried this version here.
  bool has_travelled(std::string_view body_text) const;

  static constexpr std::size_t waiting_max = 64;

 private:
  std::vector<std::pair<std::uint32_t, OfferedCharter>> waiting_;  ///< by version
  std::set<Digest> travelled_;  ///< bodies in force that came by record
};

}  // namespace tocsin::mesh
