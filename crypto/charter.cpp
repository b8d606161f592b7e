#include "crypto/charter.hpp"

#include <algorithm>
#include <set>

#include <boost/json/serialize.hpp>

#include "crypto/charter_body.hpp"
#include "crypto/charter_chain.hpp"
#include "crypto/digest.hpp"
#include "crypto/strict_json.hpp"

namespace tocsin::crypto {
namespace {

constexpr std::string_view file_kind = "charter";

FederationId federation_of(std::string_view first_body) {
  return {blake2b(bytes_of(first_body)).data};
}

Result<void> check_signature(const CharterBody* before, const CharterVersion& version,
                             const FederationId& federation, const CharterSignature& signature) {
  const auto* key = signing_key_for(before, version.body, signature.org);
  if (!key)
    return fail(Errc::invalid, "charter: signed by '{}', who is no member",
                signature.org);
  if (!verify(Label::charter, signed_under(version.body, federation),
              bytes_of(version.body_text), *key, signature.signature))
    return fail(Errc::unauthenticated, "charter: the signature of '{}' does not fit",
                signature.org);
  return {};
}

std::set<std::string_view> signers_of(const std::vector<CharterSignature>& signatures) {
  std::set<std::string_view> out;
  for (const auto& one : signatures) out.insert(one.org);
  return out;
}

Result<void> check_certificate(const Charter& charter, ByteView encoded) {
  const auto good = read_member_certificate(charter, encoded);
  if (!good) return within("charter", good.error());
  if (good->body.kind != CertificateKind::agent)
    return fail(Errc::invalid, "charter: certificate of {}/{}: not of a member's agent",
                good->body.org, good->body.name);
  return {};
}

Result<void> check_place(const Charter& charter, const CharterBody& body) {
  if (!charter.earlier.empty())
    return check_link(charter.earlier.back().body, charter.earlier.back().body_text, body);
  if (body.version == 1) return {};
  return fail(Errc::invalid, "charter: version {} comes without the versions before it",
              body.version);
}

Result<void> take_signatures(StrictFields& fields, const CharterBody* before,
                             const FederationId& federation, CharterVersion& version) {
  auto& signatures = version.signatures;
  std::set<std::string> seen;
  for (const auto& value : fields.list("signatures", 2 * members_max)) {
    StrictFields entry(value, fmt::format("charter: signatures[{}]", signatures.size()));
    CharterSignature signature{std::string(entry.raw_text("org")),
                               entry.fixed<SignatureBytes>("signature")};
    if (const auto good = entry.finish(); !good) return good;
    if (const auto good = check_signature(before, version, federation, signature); !good)
      return good;
    if (!seen.insert(signature.org).second)
      return fail(Errc::invalid, "charter: signed twice by '{}'", signature.org);
    signatures.push_back(std::move(signature));
  }
  return {};
}

Result<CharterBody> take_body_text(StrictFields& fields, std::string& text) {
  text = fields.raw_text("body");
  if (fields.failed()) return std::unexpected(fields.finish().error());
  return read_charter_body(text);
}

// Each of them must be whole, and follow from the one before it.
Result<void> take_earlier(StrictFields& fields, Charter& charter) {
  for (const auto& value : fields.list("earlier", versions_max)) {
    StrictFields entry(value, fmt::format("charter: earlier[{}]", charter.earlier.size()));
    CharterVersion version;
    auto body = take_body_text(entry, version.body_text);
    if (!body) return std::unexpected(body.error());
    version.body = std::move(*body);
    const auto* before = charter.before();
    if (!before) charter.federation = federation_of(version.body_text);
    if (const auto good = check_place(charter, version.body); !good) return good;
    if (const auto good = take_signatures(entry, before, charter.federation, version); !good)
      return good;
    if (const auto good = entry.finish(); !good) return good;
    if (const auto good = check_signers(before, version.body, signers_of(version.signatures));
        !good)
      return good;
    charter.earlier.push_back(std::move(version));
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

boost::json::array signature_list(const std::vector<CharterSignature>& signatures) {
  boost::json::array out;
  for (const auto& one : signatures)
    out.push_back(boost::json::object{{"org", one.org},
                                      {"signature", to_base64(one.signature.view())}});
  return out;
}

}  // namespace

const Member* CharterBody::member(std::string_view org) const {
  for (const auto& member : members)
    if (member.org == org) return &member;
  return nullptr;
}

bool CharterBody::is_lost(std::string_view org) const {
  return std::find(lost.begin(), lost.end(), org) != lost.end();
}

const Member* Charter::member(std::string_view org) const { return body.member(org); }

bool Charter::is_former(std::string_view org) const {
  return !member(org) && std::any_of(past_roots.begin(), past_roots.end(),
                                     [&](const PastRoot& past) { return past.org == org; });
}

const Departure* Charter::departure_of(std::string_view org) const {
  if (!is_former(org)) return nullptr;
  const auto in = [&](const CharterBody& version) -> const Departure* {
    for (const auto& departure : version.removed)
      if (departure.org == org) return &departure;
    return nullptr;
  };
  if (const auto* last = in(body)) return last;
  for (auto version = earlier.rbegin(); version != earlier.rend(); ++version)
    if (const auto* found = in(version->body)) return found;
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

AmendRule default_amend_rule(const std::vector<Member>& members) {
  const int all = int(members.size());
  const auto operators = int(std::count_if(
      members.begin(), members.end(),
      [](const Member& member) { return member.role == OrgRole::operator_; }));
  return {.members = std::max((2 * all + 2) / 3, all / 2 + 1),
          .operators = operators > 1 ? operators - 1 : operators,
          .lost_max = all > 0 ? (all - 1) / 2 : 0};
}

Result<Charter> make_charter(CharterBody body) {
  if (body.amend.members == 0) body.amend = default_amend_rule(body.members);
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
  boost::json::array certificates, earlier;
  for (const auto& version : charter.earlier)
    earlier.push_back(boost::json::object{{"body", version.body_text},
                                          {"signatures", signature_list(version.signatures)}});
  for (const auto& encoded : charter.certificates)
    certificates.emplace_back(to_base64(encoded));
  return boost::json::serialize(
      boost::json::object{{"tocsin", file_kind},
                          {"body", charter.body_text},
                          {"signatures", signature_list(charter.signatures)},
                          {"certificates", std::move(certificates)},
                          {"earlier", std::move(earlier)}});
}

Result<Charter> read_charter(std::string_view json) {
  const auto value = parse_signed_json(json, charter_bytes_max, "charter");
  if (!value) return std::unexpected(value.error());
  StrictFields fields(*value, "charter");
  if (fields.raw_text("tocsin") != file_kind)
    fields.reject("tocsin", "must be \"charter\"");
  Charter charter;
  CharterVersion last;
  auto body = take_body_text(fields, last.body_text);
  if (!body) return std::unexpected(body.error());
  last.body = std::move(*body);
  charter.federation = federation_of(last.body_text);
  if (const auto good = take_earlier(fields, charter); !good)
    return std::unexpected(good.error());
  if (const auto good = check_place(charter, last.body); !good)
    return std::unexpected(good.error());
  if (const auto good = take_signatures(fields, charter.before(), charter.federation, last); !good)
    return std::unexpected(good.error());
  charter.past_roots = past_roots_of(charter.earlier, last.body);
  charter.body_text = std::move(last.body_text);
  charter.body = std::move(last.body);
  charter.signatures = std::move(last.signatures);
  if (const auto good = take_certificates(fields, charter); !good)
    return std::unexpected(good.error());
  if (const auto good = fields.finish(); !good) return std::unexpected(good.error());
  return charter;
}

Result<Certificate> read_member_certificate(const Charter& charter, ByteView encoded) {
  const auto body = peek_certificate(encoded);
  if (!body) return std::unexpected(body.error());
  const auto* member = charter.member(body->org);
  if (!member && !charter.is_former(body->org))
    return fail(Errc::refused, "certificate of {}/{}: not a member", body->org, body->name);
  auto current = member ? read_certificate(encoded, member->root, charter.federation)
                        : fail(Errc::unauthenticated, "certificate of {}/{}: not signed by a root "
                               "of a former member", body->org, body->name);
  if (current) return current;
  for (const auto& past : charter.past_roots) {
    if (past.org != body->org) continue;
    auto held = read_certificate(encoded, past.root, charter.federation);
    if (!held) continue;
    held->body.not_after = std::min(held->body.not_after, past.until);
    return held;
  }
  return current;
}

Result<void> sign_charter(Charter& charter, std::string_view org, const SigningKey& key) {
  const auto* wanted = signing_key_for(charter.before(), charter.body, org);
  if (!wanted) return fail(Errc::not_found, "charter: '{}' is no member", org);
  if (*wanted != key.public_key())
    return fail(Errc::refused, "charter: this is not the key with which '{}' signs it", org);
  for (const auto& signature : charter.signatures)
    if (signature.org == org) return {};
  charter.signatures.push_back(
      {std::string(org), key.sign(Label::charter, signed_under(charter.body, charter.federation),
                                  bytes_of(charter.body_text))});
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
  const auto signers = signers_of(charter.signatures);
  if (const auto good = check_signers(charter.before(), charter.body, signers); !good)
    return good;
  if (now >= charter.body.expires)
    return fail(Errc::expired, "charter: it expired at {}",
                to_utc_text(charter.body.expires));
  return {};
}

}  // namespace tocsin::crypto
