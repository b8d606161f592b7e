#include "mesh/sync/revocation.hpp"

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t {
  org_tag = 1, agent_tag = 2, time_tag = 3, reason_tag = 4, last_good_tag = 5, signature_tag = 15
};
constexpr std::size_t last_good_bytes = crypto::LastBatch::size;
static_assert(last_good_bytes == log_key_bytes + 8 + Digest::size &&
              log_key_bytes == crypto::log_key_size);

// What the root signs: the same fields, without the record header, so that any agent of the
// organisation can publish it.
Bytes signed_body(const Revocation& revocation) {
  ByteWriter out;
  out.text8(revocation.org);
  out.fixed(revocation.agent);
  out.u64(std::uint64_t(revocation.time.ms));
  out.text16(revocation.reason);
  out.u32(std::uint32_t(revocation.last_good.size()));
  for (const auto& good : revocation.last_good) out.raw(encode_last_good(good));
  return std::move(out).take();
}

}  // namespace

Bytes encode_last_good(const LastGood& good) {
  ByteWriter out;
  out.raw(encode_log_key(good.log));
  out.u64(good.sequence);
  out.fixed(good.id);
  return std::move(out).take();
}

Result<LastGood> decode_last_good(ByteView bytes) {
  if (bytes.size() != last_good_bytes)
    return fail(Errc::invalid, "a last good entry of {} bytes", bytes.size());
  ByteReader in(bytes);
  const auto log = decode_log_key(in.raw(log_key_bytes));
  if (!log) return std::unexpected(log.error());
  LastGood out{*log, in.u64(), {}};
  out.id = in.fixed<Digest>();
  return out;
}

Bytes encode_revocation(const RecordHeader& header, const Revocation& revocation,
                        const crypto::SigningKey& root, const FederationId& federation) {
  auto signed_one = revocation;
  signed_one.signature =
      root.sign(crypto::Label::revocation, federation, signed_body(revocation));
  return encode_revocation(header, signed_one);
}

Bytes encode_revocation(const RecordHeader& header, const Revocation& revocation) {
  FieldWriter out(header);
  out.text(org_tag, revocation.org)
      .fixed(agent_tag, revocation.agent)
      .number(time_tag, std::uint64_t(revocation.time.ms))
      .text(reason_tag, revocation.reason);
  for (const auto& good : revocation.last_good)
    out.bytes(last_good_tag, encode_last_good(good));
  out.fixed(signature_tag, revocation.signature);
  return std::move(out).take();
}

Result<Revocation> check_revocation(const RecordView& record, const crypto::Charter& charter) {
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  Revocation out;
  out.org = fields->text(org_tag);
  out.agent = fields->fixed<AgentId>(agent_tag);
  out.time = {std::int64_t(fields->number(time_tag))};
  out.reason = fields->text(reason_tag);
  const auto entries = fields->all(last_good_tag);
  if (out.org.size() > 32 || out.reason.size() > 1024 || entries.size() > revocation_logs_max)
    return fail(Errc::too_large, "revocation: {} logs, limit {}", entries.size(),
                revocation_logs_max);
  for (const auto entry : entries) {
    const auto good = decode_last_good(entry);
    if (!good) return within("revocation", good.error());
    out.last_good.push_back(*good);
  }
  const auto* member = charter.member(out.org);
  if (!member) return fail(Errc::refused, "revocation by {}: not a member", out.org);
  out.signature = fields->fixed<SignatureBytes>(signature_tag);
  if (!crypto::verify(crypto::Label::revocation, charter.federation, signed_body(out),
                      member->root, out.signature))
    return fail(Errc::unauthenticated, "revocation: not signed by the root of {}", out.org);
  return out;
}

}  // namespace tocsin::mesh
