#include "crypto/identity.hpp"

#include "crypto/digest.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::uint8_t certificate_version = 2;
constexpr std::size_t name_max = 32;
constexpr std::uint8_t all_roles = 0x1f;

Bytes body_bytes(const CertificateBody& body) {
  ByteWriter out;
  out.u8(certificate_version);
  out.u8(std::uint8_t(body.kind));
  out.u8(body.roles);
  out.u64(std::uint64_t(body.not_before.ms));
  out.u64(std::uint64_t(body.not_after.ms));
  out.fixed(body.signing);
  out.fixed(body.channel);
  out.fixed(body.sealing);
  out.text8(body.org);
  out.text8(body.name);
  out.fixed(body.proof);
  return std::move(out).take();
}

// What the holder of the key says of itself.
Bytes proven_fields(const CertificateBody& body) {
  ByteWriter out;
  out.u8(std::uint8_t(body.kind));
  out.fixed(body.signing);
  out.fixed(body.channel);
  out.fixed(body.sealing);
  out.text8(body.org);
  out.text8(body.name);
  return std::move(out).take();
}

Result<void> check_keys_and_roles(const CertificateBody& body) {
  const bool agent = body.kind == CertificateKind::agent;
  if (!agent && body.kind != CertificateKind::analyst)
    return fail(Errc::invalid, "kind {} is unknown", int(body.kind));
  if (agent ? body.roles != 0 : (body.roles == 0 || (body.roles & ~all_roles) != 0))
    return fail(Errc::invalid, "roles {:#x} do not go with its kind", body.roles);
  if (body.signing.is_zero() || body.sealing.is_zero() || body.channel.is_zero() == agent)
    return fail(Errc::invalid, "a key is missing, or there is one that its kind has not");
  return {};
}

}  // namespace

std::string_view name_of(OrgRole role) {
  switch (role) {
    case OrgRole::operator_:
      return "operator";
    case OrgRole::authority:
      return "authority";
    case OrgRole::observer:
      return "observer";
    case OrgRole::vendor:
      return "vendor";
  }
  panic("unnamed organisation role", __FILE__, __LINE__);
}

Result<OrgRole> org_role_from(std::string_view name) {
  for (const auto role :
       {OrgRole::operator_, OrgRole::authority, OrgRole::observer, OrgRole::vendor})
    if (name == name_of(role)) return role;
  return fail(Errc::invalid, "role '{}' is none of operator, authority, observer, vendor",
              name);
}

std::string_view name_of(AnalystRole role) {
  switch (role) {
    case AnalystRole::analyst:
      return "analyst";
    case AnalystRole::approver:
      return "approver";
    case AnalystRole::drill_director:
      return "drill_director";
    case AnalystRole::auditor:
      return "auditor";
    case AnalystRole::admin:
      return "admin";
  }
  panic("unnamed analyst role", __FILE__, __LINE__);
}

Result<AnalystRole> analyst_role_from(std::string_view name) {
  for (const auto role :
       {AnalystRole::analyst, AnalystRole::approver, AnalystRole::drill_director,
        AnalystRole::auditor, AnalystRole::admin})
    if (name == name_of(role)) return role;
  return fail(Errc::invalid,
              "role '{}' is none of analyst, approver, drill_director, auditor, admin",
              name);
}

bool is_name(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return !text.empty() && text.size() <= name_max && plain(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return plain(c) || c == '-' || c == '.'; });
}

AgentId agent_id_of(const PublicKey& signing_key) {
  const auto digest = blake2b(signing_key.view());
  AgentId id;
  std::copy_n(digest.data.begin(), AgentId::size, id.data.begin());
  return id;
}

Result<void> check_certificate_body(const CertificateBody& body) {
  if (!is_name(body.org))
    return fail(Errc::invalid, "certificate: organisation is no valid name");
  if (!is_name(body.name)) return fail(Errc::invalid, "certificate: name is not valid");
  if (const auto good = check_keys_and_roles(body); !good)
    return within("certificate", good.error());
  if (body.not_before.ms < 0 || body.not_after <= body.not_before)
    return fail(Errc::invalid, "certificate: it ends before it begins");
  return {};
}

SignatureBytes prove_possession(const CertificateBody& body, const SigningKey& own) {
  TOCSIN_ASSERT(own.public_key() == body.signing);
  return own.sign(Label::possession, FederationId{}, proven_fields(body));
}

bool proves_possession(const CertificateBody& body) {
  return verify(Label::possession, FederationId{}, proven_fields(body), body.signing,
                body.proof);
}

CertificateBody certificate_body_of(std::string_view org, const CardAgent& agent) {
  return {.kind = CertificateKind::agent,
          .org = std::string(org),
          .name = agent.name,
          .signing = agent.signing,
          .channel = agent.channel,
          .sealing = agent.sealing,
          .roles = 0,
          .not_before = {},
          .not_after = {},
          .proof = agent.proof};
}

Certificate certify(const CertificateBody& body, const SigningKey& root,
                    const FederationId& federation) {
  TOCSIN_ASSERT(check_certificate_body(body).has_value());
  Certificate out{body, body_bytes(body)};
  const auto signature = root.sign(Label::certificate, federation, out.encoded);
  out.encoded.insert(out.encoded.end(), signature.data.begin(), signature.data.end());
  TOCSIN_ASSERT(out.encoded.size() <= certificate_bytes_max);
  return out;
}

Result<CertificateBody> peek_certificate(ByteView encoded) {
  if (encoded.size() > certificate_bytes_max)
    return fail(Errc::invalid, "certificate: {} bytes, limit {}", encoded.size(),
                certificate_bytes_max);
  ByteReader in(encoded);
  if (const auto version = in.u8(); version != certificate_version)
    return fail(Errc::invalid, "certificate: version {} is unknown", version);
  CertificateBody body;
  body.kind = CertificateKind(in.u8());
  body.roles = in.u8();
  body.not_before.ms = std::int64_t(in.u64());
  body.not_after.ms = std::int64_t(in.u64());
  body.signing = in.fixed<PublicKey>();
  body.channel = in.fixed<PublicKey>();
  body.sealing = in.fixed<PublicKey>();
  body.org = in.text8();
  body.name = in.text8();
  body.proof = in.fixed<SignatureBytes>();
  in.raw(SignatureBytes::size);
  if (!in.done())
    return fail(Errc::invalid, "certificate: cut short, or with bytes after its end");
  if (const auto good = check_certificate_body(body); !good)
    return std::unexpected(good.error());
  return body;
}

Result<Certificate> read_certificate(ByteView encoded, const PublicKey& root,
                                     const FederationId& federation) {
  auto body = peek_certificate(encoded);
  if (!body) return std::unexpected(body.error());
  const auto split = encoded.size() - SignatureBytes::size;
  const auto signature = SignatureBytes::from(encoded.subspan(split));
  if (!verify(Label::certificate, federation, encoded.first(split), root, *signature))
    return fail(Errc::unauthenticated,
                "certificate of {}/{}: not signed by that root for this federation",
                body->org, body->name);
  if (!proves_possession(*body))
    return fail(Errc::unauthenticated,
                "certificate of {}/{}: the holder of its key has not signed to be that",
                body->org, body->name);
  return Certificate{std::move(*body), Bytes(encoded.begin(), encoded.end())};
}

std::vector<Certificate> certify_year(CertificateBody body, WallTime from,
                                      const SigningKey& root,
                                      const FederationId& federation) {
  using std::chrono::days, std::chrono::hours;
  std::vector<Certificate> out;
  body.not_before = std::max(WallTime{0}, from - hours(1));
  for (int month = 0; month < certificate_months; ++month) {
    body.not_after = body.not_before + days(31);
    out.push_back(certify(body, root, federation));
    body.not_before = body.not_after - days(1);
  }
  return out;
}

}  // namespace tocsin::crypto
