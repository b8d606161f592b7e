#include "mesh/sync/fork_decision.hpp"

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t {
  org_tag = 1, place_tag = 2, keep_tag = 3, last_tag = 4, last_id_tag = 5, time_tag = 6,
  signature_tag = 15
};

// Under the label of revocations, whose body begins with the length of an organisation's id: with
// a zero in that place no word of the one can be taken for the other.
Bytes signed_body(const ForkDecision& decision) {
  ByteWriter out;
  out.u8(0);
  out.text8("fork");
  out.text8(decision.org);
  out.raw(encode_log_key(decision.log));
  out.u64(decision.sequence);
  out.fixed(decision.keep);
  out.u64(decision.last);
  out.fixed(decision.last_id);
  out.u64(std::uint64_t(decision.time.ms));
  return std::move(out).take();
}

}  // namespace

Bytes encode_fork_decision(const RecordHeader& header, const ForkDecision& decision,
                           const crypto::SigningKey& root, const FederationId& federation) {
  auto signed_one = decision;
  signed_one.signature = root.sign(crypto::Label::revocation, federation, signed_body(decision));
  return encode_fork_decision(header, signed_one);
}

Bytes encode_fork_decision(const RecordHeader& header, const ForkDecision& decision) {
  ByteWriter place;
  place.raw(encode_log_key(decision.log));
  place.u64(decision.sequence);
  FieldWriter out(header);
  out.text(org_tag, decision.org)
      .bytes(place_tag, place.bytes())
      .fixed(keep_tag, decision.keep)
      .number(last_tag, decision.last)
      .fixed(last_id_tag, decision.last_id)
      .number(time_tag, std::uint64_t(decision.time.ms))
      .fixed(signature_tag, decision.signature);
  return std::move(out).take();
}

Result<ForkDecision> check_fork_decision(const RecordView& record,
                                         const crypto::Charter& charter) {
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto place = fields->bytes(place_tag);
  if (place.size() != log_key_bytes + 8)
    return fail(Errc::invalid, "fork decision: a place of {} bytes", place.size());
  ByteReader in(place);
  const auto log = decode_log_key(in.raw(log_key_bytes));
  if (!log) return std::unexpected(log.error());
  ForkDecision out;
  out.org = fields->text(org_tag);
  out.log = *log;
  out.sequence = in.u64();
  out.keep = fields->fixed<Digest>(keep_tag);
  out.last = fields->number(last_tag);
  out.last_id = fields->fixed<Digest>(last_id_tag);
  out.time = {std::int64_t(fields->number(time_tag))};
  out.signature = fields->fixed<SignatureBytes>(signature_tag);
  if (out.sequence == 0 || out.last < out.sequence || out.keep.is_zero() ||
      (out.last == out.sequence && out.last_id != out.keep))
    return fail(Errc::invalid, "fork decision: batches {} to {} are no branch", out.sequence,
                out.last);
  const auto* member = charter.member(out.org);
  if (!member) return fail(Errc::refused, "fork decision by {:.32}: not a member", out.org);
  if (!crypto::verify(crypto::Label::revocation, charter.federation, signed_body(out),
                      member->root, out.signature))
    return fail(Errc::unauthenticated, "fork decision: not signed by the root of {}", out.org);
  return out;
}

}  // namespace tocsin::mesh
