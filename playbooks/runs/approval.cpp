#include "playbooks/runs/approval.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

enum class BodyKind : std::uint8_t { approval = 1, standing = 2, order = 3 };

constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t types_max = 16;
constexpr std::size_t outputs_max = 64;

std::string_view clipped(std::string_view text) { return text.substr(0, text_bytes_max); }
std::string_view name_clipped(std::string_view text) { return text.substr(0, 32); }

WallTime read_time(ByteReader& reader) { return {std::int64_t(reader.u64())}; }

/// The checks that all three bodies share.
Result<ByteReader> open_body(ByteView encoded, BodyKind kind, std::string_view what) {
  if (encoded.size() > signed_body_bytes_max)
    return fail(Errc::too_large, "{}: {} bytes, limit {}", what, encoded.size(),
                signed_body_bytes_max);
  ByteReader reader(encoded);
  if (reader.u8() != std::uint8_t(kind)) return fail(Errc::invalid, "{}: another kind", what);
  return reader;
}

/// Texts beyond their bound are clipped when written. A body that holds one would share the digest
/// of its terms with others, so only what reads back as it was written counts.
bool reads_back(ByteView encoded, const Bytes& written) {
  return std::equal(encoded.begin(), encoded.end(), written.begin(), written.end());
}

bool names_ok(std::string_view org, std::string_view analyst) {
  return crypto::is_name(org) && crypto::is_name(analyst);
}

void write_terms(ByteWriter& out, const StandingBody& body) {
  out.u8(std::uint8_t(BodyKind::standing));
  out.fixed(body.playbook);
  out.text8(name_clipped(body.action_class));
  const auto count = std::min(body.types.size(), types_max);
  out.u8(std::uint8_t(count));
  for (std::size_t i = 0; i < count; ++i) out.u8(std::uint8_t(body.types[i]));
  out.u8(body.confidence_min);
  out.u32(body.count);
  out.u64(std::uint64_t(body.created.ms));
  out.u64(std::uint64_t(body.expires.ms));
  out.u8(std::uint8_t(body.trigger));
}

struct NamedSigner {
  std::string_view org, analyst;
  WallTime at;
};

Result<void> check_signer(const SignedBody& body, const NamedSigner& signer, crypto::Label label,
                          const crypto::CertificateBody& certificate,
                          const FederationId& federation) {
  if (certificate.kind != crypto::CertificateKind::analyst || certificate.org != signer.org ||
      certificate.name != signer.analyst)
    return fail(Errc::unauthenticated, "the certificate is not that of {}/{}", signer.org,
                signer.analyst);
  if (signer.at < certificate.not_before || !(signer.at < certificate.not_after))
    return fail(Errc::expired, "the certificate of {}/{} was not valid then", signer.org,
                signer.analyst);
  if (!crypto::verify(label, federation, body.body, certificate.signing, body.signature))
    return fail(Errc::unauthenticated, "the signature of {}/{} does not fit", signer.org,
                signer.analyst);
  return {};
}

Result<void> check_role(const crypto::CertificateBody& certificate, crypto::AnalystRole role) {
  if (certificate.has(role)) return {};
  return fail(Errc::refused, "{}/{} lacks the role {}", certificate.org, certificate.name,
              crypto::name_of(role));
}

bool known(mesh::IndicatorType type) {
  return type >= mesh::IndicatorType::ipv4 && type <= mesh::IndicatorType::pattern;
}

}  // namespace

Bytes encode_approval_body(const ApprovalBody& body) {
  ByteWriter out;
  out.u8(std::uint8_t(BodyKind::approval));
  out.fixed(body.run);
  out.fixed(body.command);
  out.u64(std::uint64_t(body.deadline.ms));
  out.u64(std::uint64_t(body.signed_at.ms));
  out.u8(std::uint8_t(body.decision));
  out.text16(clipped(body.step));
  out.text8(name_clipped(body.org));
  out.text8(name_clipped(body.analyst));
  const auto count = std::min(body.targets.size(), approval_targets_max);
  out.u8(std::uint8_t(count));
  for (std::size_t i = 0; i < count; ++i) out.text16(clipped(body.targets[i]));
  out.text16(clipped(body.why));
  return std::move(out).take();
}

Result<ApprovalBody> decode_approval_body(ByteView encoded) {
  auto reader = open_body(encoded, BodyKind::approval, "approval");
  if (!reader) return std::unexpected(reader.error());
  ApprovalBody out;
  out.run = reader->fixed<RunId>();
  out.command = reader->fixed<Digest>();
  out.deadline = read_time(*reader);
  out.signed_at = read_time(*reader);
  const auto decision = reader->u8();
  out.step = reader->text16();
  out.org = reader->text8();
  out.analyst = reader->text8();
  const auto count = reader->u8();
  for (int i = 0; i < count && reader->ok(); ++i) out.targets.emplace_back(reader->text16());
  out.why = reader->text16();
  if (!reader->done() || count > approval_targets_max || decision < 1 || decision > 2 ||
      !names_ok(out.org, out.analyst))
    return fail(Errc::invalid, "approval: not of the documented form");
  out.decision = Decision(decision);
  if (!reads_back(encoded, encode_approval_body(out)))
    return fail(Errc::invalid, "approval: a text is too long");
  return out;
}

Bytes encode_standing_body(const StandingBody& body) {
  ByteWriter out;
  write_terms(out, body);
  out.text8(name_clipped(body.org));
  out.text8(name_clipped(body.analyst));
  return std::move(out).take();
}

Result<StandingBody> decode_standing_body(ByteView encoded) {
  auto reader = open_body(encoded, BodyKind::standing, "pre-authorisation");
  if (!reader) return std::unexpected(reader.error());
  StandingBody out;
  out.playbook = reader->fixed<Digest>();
  out.action_class = reader->text8();
  const auto count = reader->u8();
  bool types_known = count <= types_max;
  for (int i = 0; i < count && reader->ok(); ++i) {
    out.types.push_back(mesh::IndicatorType(reader->u8()));
    types_known = types_known && known(out.types.back());
  }
  out.confidence_min = reader->u8();
  out.count = reader->u32();
  out.created = read_time(*reader);
  out.expires = read_time(*reader);
  const auto trigger = reader->u8();
  out.org = reader->text8();
  out.analyst = reader->text8();
  if (!reader->done() || !types_known || trigger > 2 || out.confidence_min > 100 ||
      !names_ok(out.org, out.analyst))
    return fail(Errc::invalid, "pre-authorisation: not of the documented form");
  out.trigger = Trigger(trigger);
  if (!reads_back(encoded, encode_standing_body(out)))
    return fail(Errc::invalid, "pre-authorisation: a text is too long");
  return out;
}

Digest terms_digest(const StandingBody& body) {
  ByteWriter out;
  write_terms(out, body);
  return crypto::blake2b(out.bytes());
}

Bytes encode_order_body(const OrderBody& body) {
  ByteWriter out;
  out.u8(std::uint8_t(BodyKind::order));
  out.u8(std::uint8_t(body.kind));
  out.fixed(body.run);
  out.u64(std::uint64_t(body.signed_at.ms));
  out.text16(clipped(body.subject));
  out.text8(name_clipped(body.org));
  out.text8(name_clipped(body.analyst));
  out.text16(clipped(body.why));
  const auto count = std::min(body.outputs.size(), outputs_max);
  out.u8(std::uint8_t(count));
  for (std::size_t i = 0; i < count; ++i) {
    out.text16(clipped(body.outputs[i].first));
    out.text16(clipped(body.outputs[i].second));
  }
  return std::move(out).take();
}

Result<OrderBody> decode_order_body(ByteView encoded) {
  auto reader = open_body(encoded, BodyKind::order, "order");
  if (!reader) return std::unexpected(reader.error());
  OrderBody out;
  const auto kind = reader->u8();
  out.run = reader->fixed<RunId>();
  out.signed_at = read_time(*reader);
  out.subject = reader->text16();
  out.org = reader->text8();
  out.analyst = reader->text8();
  out.why = reader->text16();
  const auto count = reader->u8();
  for (int i = 0; i < count && reader->ok(); ++i) {
    const auto name = reader->text16();
    out.outputs.emplace_back(name, reader->text16());
  }
  if (!reader->done() || count > outputs_max || kind < 1 || kind > 5 ||
      !names_ok(out.org, out.analyst))
    return fail(Errc::invalid, "order: not of the documented form");
  out.kind = OrderKind(kind);
  if (!reads_back(encoded, encode_order_body(out)))
    return fail(Errc::invalid, "order: a text is too long");
  return out;
}

Result<ApprovalBody> verify_approval(const SignedBody& approval,
                                     const crypto::CertificateBody& analyst,
                                     const FederationId& federation, crypto::AnalystRole role) {
  auto body = decode_approval_body(approval.body);
  if (!body) return body;
  const auto signer = check_signer(approval, {body->org, body->analyst, body->signed_at},
                                   crypto::Label::approval, analyst, federation);
  if (!signer) return std::unexpected(signer.error());
  if (const auto may = check_role(analyst, role); !may) return std::unexpected(may.error());
  return body;
}

Result<StandingBody> verify_standing(const SignedBody& standing,
                                     const crypto::CertificateBody& analyst,
                                     const FederationId& federation, crypto::AnalystRole role) {
  auto body = decode_standing_body(standing.body);
  if (!body) return body;
  const auto signer = check_signer(standing, {body->org, body->analyst, body->created},
                                   crypto::Label::approval, analyst, federation);
  if (!signer) return std::unexpected(signer.error());
  if (const auto may = check_role(analyst, role); !may) return std::unexpected(may.error());
  return body;
}

Result<OrderBody> verify_order(const SignedBody& order, const crypto::CertificateBody& analyst,
                               const FederationId& federation) {
  auto body = decode_order_body(order.body);
  if (!body) return body;
  const auto signer = check_signer(order, {body->org, body->analyst, body->signed_at},
                                   crypto::Label::order, analyst, federation);
  if (!signer) return std::unexpected(signer.error());
  if (!analyst.has(crypto::AnalystRole::analyst) && !analyst.has(crypto::AnalystRole::approver))
    return std::unexpected(check_role(analyst, crypto::AnalystRole::analyst).error());
  return body;
}

}  // namespace tocsin::playbooks
