#include "mesh/sync/succession.hpp"

#include <algorithm>

#include "crypto/charter_body.hpp"

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t { body_tag = 1, signature_tag = 2, certificate_tag = 3 };

// The text of the version that was in force with this number; null for one that is to come.
const std::string* text_of_version(const crypto::Charter& current, std::uint32_t version) {
  if (version == current.body.version) return &current.body_text;
  return version < current.body.version ? &current.earlier[version - 1].body_text : nullptr;
}

bool same_signatures(const OfferedCharter& a, const OfferedCharter& b) {
  return std::equal(a.signatures.begin(), a.signatures.end(), b.signatures.begin(),
                    b.signatures.end(),
                    [](const crypto::CharterSignature& x, const crypto::CharterSignature& y) {
                      return x.org == y.org && x.signature == y.signature;
                    });
}

// What the new roots say of their agents; each is checked like one out of a file.
void add_certificates(crypto::Charter& charter, const std::vector<Bytes>& certificates) {
  for (const auto& encoded : certificates) {
    auto& held = charter.certificates;
    if (held.size() >= crypto::charter_certificates_max) return;
    const auto read = crypto::read_member_certificate(charter, encoded);
    if (!read || read->body.kind != crypto::CertificateKind::agent) continue;
    if (std::find(held.begin(), held.end(), encoded) == held.end()) held.push_back(encoded);
  }
}

}  // namespace

OfferedCharter offered_from(const crypto::Charter& charter) {
  OfferedCharter out{charter.body_text, charter.signatures};
  for (const auto& encoded : charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    const auto* now = body ? charter.member(body->org) : nullptr;
    const auto* before = now && charter.before() ? charter.before()->member(body->org) : nullptr;
    if (!now || (before && before->root == now->root)) continue;
    if (out.certificates.size() < charter_record_certificates_max)
      out.certificates.push_back(encoded);
  }
  return out;
}

Result<Bytes> encode_charter_record(const RecordHeader& header, const OfferedCharter& version) {
  FieldWriter out(header);
  out.text(body_tag, version.body_text);
  for (const auto& one : version.signatures) {
    ByteWriter entry;
    entry.text8(one.org);
    entry.fixed(one.signature);
    out.bytes(signature_tag, entry.bytes());
  }
  auto bare = out;
  for (const auto& encoded : version.certificates) out.bytes(certificate_tag, encoded);
  auto record = std::move(out).take();
  if (record.size() > record_bytes_max) record = std::move(bare).take();
  if (record.size() > record_bytes_max)
    return std::unexpected(
        Error{Errc::too_large,
              fmt::format("the charter is {} bytes, a record holds {}", record.size(),
                          record_bytes_max),
              "hand the file to the other members: tocsin charter accept FILE"});
  return record;
}

Result<OfferedCharter> decode_charter_record(const RecordView& record) {
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  OfferedCharter out{std::string(fields->text(body_tag)), {}};
  const auto entries = fields->all(signature_tag);
  if (entries.size() > crypto::members_max)
    return fail(Errc::too_large, "charter record: {} signatures, limit {}", entries.size(),
                crypto::members_max);
  for (const auto entry : entries) {
    ByteReader in(entry);
    crypto::CharterSignature one{std::string(in.text8()), {}};
    one.signature = in.fixed<SignatureBytes>();
    if (!in.done()) return fail(Errc::invalid, "charter record: a signature of wrong length");
    out.signatures.push_back(std::move(one));
  }
  for (const auto encoded : fields->all(certificate_tag)) {
    if (out.certificates.size() >= charter_record_certificates_max ||
        encoded.size() > crypto::certificate_bytes_max)
      return fail(Errc::too_large, "charter record: too many certificates, or too large ones");
    out.certificates.emplace_back(encoded.begin(), encoded.end());
  }
  return out;
}

Result<void> Succession::offer(const crypto::Charter& current, OfferedCharter version) {
  const auto body = crypto::read_charter_body(version.body_text);
  if (!body) return std::unexpected(body.error());
  if (const auto* held = text_of_version(current, body->version)) {
    if (*held != version.body_text)
      return fail(Errc::refused, "charter: another version {} than the one in force was offered",
                  body->version);
    travelled_.insert(crypto::blake2b(bytes_of(version.body_text)));
    return {};
  }
  bool complete = false;
  if (body->version == current.body.version + 1) {
    const auto follows =
        crypto::follow_charter(current, version.body_text, version.signatures);
    if (!follows) return std::unexpected(follows.error());
    complete = crypto::check_complete(*follows, follows->body.created).has_value();
  }
  for (const auto& [number, held] : waiting_)
    if (held.body_text == version.body_text && same_signatures(held, version)) return {};
  if (waiting_.size() >= waiting_max) {
    // Whoever floods this with what nobody else signs must not keep out what all wait for.
    const auto furthest = std::max_element(
        waiting_.begin(), waiting_.end(),
        [](const auto& x, const auto& y) { return x.first < y.first; });
    if (!complete && furthest->first <= body->version)
      return fail(Errc::full, "charter: {} versions to come are held already", waiting_max);
    waiting_.erase(furthest);
  }
  waiting_.emplace_back(body->version, std::move(version));
  return {};
}

std::optional<crypto::Charter> Succession::next(const crypto::Charter& current) {
  std::erase_if(waiting_, [&](const auto& each) { return each.first <= current.body.version; });
  for (const auto& [number, version] : waiting_) {
    if (number != current.body.version + 1) continue;
    auto follows = crypto::follow_charter(current, version.body_text, version.signatures);
    // One that has run out still stands between this version and those after it.
    if (!follows || !crypto::check_complete(*follows, follows->body.created)) continue;
    travelled_.insert(crypto::blake2b(bytes_of(version.body_text)));
    add_certificates(*follows, version.certificates);
    return std::move(*follows);
  }
  return std::nullopt;
}

bool Succession::has_travelled(std::string_view body_text) const {
  return travelled_.contains(crypto::blake2b(bytes_of(body_text)));
}

}  // namespace tocsin::mesh
