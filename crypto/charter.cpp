#include "crypto/charter.hpp"

#include <set>

#include <boost/json/serialize.hpp>

#include "crypto/charter_body.hpp"
#include "crypto/digest.hpp"
#include "crypto/strict_json.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::string_view file_kind = "charter";

/// The first version makes the federation, so it cannot be signed under its id.
constexpr FederationId signing_federation{};

FederationId federation_of(std::string_view first_body) {
  return {blake2b(bytes_of(first_body)).data};
}

Result<void> check_signature(const Charter& charter, const CharterSignature& signature) {
  const auto* member = charter.member(signature.org);
  if (!member)
    return fail(Errc::invalid, "charter: signed by '{}', who is no member",
                signature.org);
  if (!verify(Label::charter, signing_federation, bytes_of(charter.body_text),
              member->root, signature.signature))
    return fail(Errc::unauthenticated, "charter: the signature of '{}' does not fit",
                signature.org);
  return {};
}

Result<void> check_certificate(const Charter& charter, ByteView encoded) {
  const auto body = peek_certificate(encoded);
  if (!body) return within("charter", body.error());
  const auto* member = charter.member(body->org);
  if (!member || body->kind != CertificateKind::agent)
    return fail(Errc::invalid, "charter: certificate of {}/{}: not of a member's agent",
                body->org, body->name);
  if (const auto good = read_certificate(encoded, member->root, charter.federation);
      !good)
    return within("charter", good.error());
  return {};
}

Result<void> take_signatures(StrictFields& fields, Charter& charter) {
  std::set<std::string> seen;
  for (const auto& value : fields.list("signatures", members_max)) {
    StrictFields entry(value,
                       fmt::format("charter: signatures[{}]", charter.signatures.size()));
    CharterSignature signature{std::string(entry.raw_text("org")),
                               entry.fixed<SignatureBytes>("signature")};
    if (const auto good = entry.finish(); !good) return good;
    if (const auto good = check_signature(charter, signature); !good) return good;
    if (!seen.insert(signature.org).second)
      return fail(Errc::invalid, "charter: signed twice by '{}'", signature.org);
    charter.signatures.push_back(std::move(signature));
  }
  return {};
}

Result<void> take_certificates(StrictFields& fields, Charter& charter) {
  for (const auto& value : fields.list("certificates", charter_certificates_max)) {
    const auto* text = value.if_string();
    auto encoded = from_base64(text ? std::string_view(*text) : "?");
    if (!encoded)
      return fail(Errc::invalid, "charter: certificates[{}] must be base64",
                  charter.certificates.size());
    if (const auto good = check_certificate(charter, *encoded); !good) return good;
    charter.certificates.push_back(std::move(*encoded));
  }
  return {};
}

}  // namespace

const Member* Charter::member(std::string_view org) const {
  for (const auto& member : body.members)
    if (member.org == org) return &member;
  return nullptr;
}

const Policy* Charter::policy(std::string_view action_class) const {
  for (const auto& policy : body.policies)
    if (policy.action_class == action_class) return &policy;
  return nullptr;
}

std::vector<Policy> default_policies(const std::vector<Member>& members) {
  const auto operators = std::count_if(
      members.begin(), members.end(),
      [](const Member& member) { return member.role == OrgRole::operator_; });
  if (operators == 0)
    return {};  // Nobody who could decide, so nothing that can be decided.
  Policy block{.action_class = "block", .orgs_distinct = operators > 1 ? 2 : 1};
  Policy undo{.action_class = "undo", .orgs_distinct = 1};
  Policy release{.action_class = "release", .orgs_distinct = 1};
  return {block, undo, release};
}

Result<Charter> make_charter(CharterBody body) {
  if (body.policies.empty()) body.policies = default_policies(body.members);
  if (const auto good = check_charter_body(body); !good)
    return std::unexpected(good.error());
  Charter charter;
  charter.body_text = write_charter_body(body);
  charter.federation = federation_of(charter.body_text);
  charter.body = std::move(body);
  return charter;
}

std::string write_charter(const Charter& charter) {
  boost::json::array signatures, certificates;
  for (const auto& one : charter.signatures)
    signatures.push_back(boost::json::object{
        {"org", one.org}, {"signature", to_base64(one.signature.view())}});
  for (const auto& encoded : charter.certificates)
    certificates.emplace_back(to_base64(encoded));
  return boost::json::serialize(
      boost::json::object{{"tocsin", file_kind},
                          {"body", charter.body_text},
                          {"signatures", std::move(signatures)},
                          {"certificates", std::move(certificates)}});
}

Result<Charter> read_charter(std::string_view json) {
  const auto value = parse_signed_json(json, charter_bytes_max, "charter");
  if (!value) return std::unexpected(value.error());
  StrictFields fields(*value, "charter");
  if (fields.raw_text("tocsin") != file_kind)
    fields.reject("tocsin", "must be \"charter\"");
  Charter charter;
  charter.body_text = fields.raw_text("body");
  if (fields.failed()) return std::unexpected(fields.finish().error());
  auto body = read_charter_body(charter.body_text);
  if (!body) return std::unexpected(body.error());
  charter.body = std::move(*body);
  charter.federation = federation_of(charter.body_text);
  if (const auto good = take_signatures(fields, charter); !good)
    return std::unexpected(good.error());
  if (const auto good = take_certificates(fields, charter); !good)
    return std::unexpected(good.error());
  if (const auto good = fields.finish(); !good) return std::unexpected(good.error());
  return charter;
}

Result<void> sign_charter(Charter& charter, std::string_view org,
                          const SigningKey& root) {
  const auto* member = charter.member(org);
  if (!member) return fail(Errc::not_found, "charter: '{}' is no member", org);
  if (member->root != root.public_key())
    return fail(Errc::refused, "charter: this is not the root key of '{}'", org);
  for (const auto& signature : charter.signatures)
    if (signature.org == org) return {};
  charter.signatures.push_back(
      {std::string(org),
       root.sign(Label::charter, signing_federation, bytes_of(charter.body_text))});
  return {};
}

Result<void> add_certificates(Charter& charter, std::string_view org,
                              const std::vector<Certificate>& certificates) {
  const auto* member = charter.member(org);
  if (!member) return fail(Errc::not_found, "charter: '{}' is no member", org);
  for (const auto& certificate : certificates) {
    const auto read =
        read_certificate(certificate.encoded, member->root, charter.federation);
    if (!read) return std::unexpected(read.error());
    if (read->body.org != org || read->body.kind != CertificateKind::agent)
      return fail(Errc::refused, "charter: certificate of {}/{}: not of an agent of '{}'",
                  read->body.org, read->body.name, org);
    auto& held = charter.certificates;
    if (std::find(held.begin(), held.end(), certificate.encoded) != held.end()) continue;
    if (held.size() >= charter_certificates_max)
      return fail(Errc::full, "charter: more than {} certificates",
                  charter_certificates_max);
    held.push_back(certificate.encoded);
  }
  return {};
}

Result<void> check_complete(const Charter& charter, WallTime now) {
  std::string missing;
  for (const auto& member : charter.body.members) {
    const auto signed_by = [&](const CharterSignature& one) {
      return one.org == member.org;
    };
    if (std::any_of(charter.signatures.begin(), charter.signatures.end(), signed_by))
      continue;
    missing += (missing.empty() ? "" : ", ") + member.org;
  }
  if (!missing.empty())
    return std::unexpected(Error{Errc::refused, "charter: not signed by " + missing,
                                 "each of them adds its signature to this very file"});
  if (now >= charter.body.expires)
    return fail(Errc::expired, "charter: it expired at {}",
                to_utc_text(charter.body.expires));
  return {};
}

}  // namespace tocsin::crypto
