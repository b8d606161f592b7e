#include "agents/home/agreement.hpp"

#include <algorithm>

namespace tocsin::agents {
namespace {

const crypto::Member* member_of_root(const crypto::Charter& charter, const PublicKey& root) {
  for (const auto& member : charter.body.members)
    if (member.root == root) return &member;
  return nullptr;
}

bool has_certificates(const crypto::Charter& charter, const PublicKey& signing) {
  int found = 0;
  for (const auto& encoded : charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    if (body && body->signing == signing) ++found;
  }
  return found >= crypto::certificate_months;
}

Result<void> check_own_place(const PublicHome& home, const crypto::Charter& charter) {
  const auto* own = charter.member(home.org);
  if (!own)
    return fail(Errc::refused, "{} is no member of the charter {}", home.org, charter.body.name);
  if (own->root != home.card.root)
    return fail(Errc::refused, "the charter names another root for {}", home.org);
  const auto certificates = certificates_of(charter, home.org, home.signing);
  if (!certificates)
    return std::unexpected(Error{Errc::refused, certificates.error().message,
                                 "run `tocsin charter sign` with this organisation's root"});
  return {};
}

}  // namespace

Result<bool> sign_agreement(crypto::Charter& charter, const crypto::SigningKey& root,
                            WallTime now) {
  const auto* member = member_of_root(charter, root.public_key());
  if (!member)
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("no member of {} has this root", charter.body.name),
                                 "the charter must be made with this organisation's card"});
  if (charter.body.expires <= now) return fail(Errc::expired, "the charter has expired");

  bool changed = false;
  const auto has_signed = [&](const auto& each) { return each.org == member->org; };
  if (std::none_of(charter.signatures.begin(), charter.signatures.end(), has_signed)) {
    const auto added = crypto::sign_charter(charter, member->org, root);
    if (!added) return std::unexpected(added.error());
    changed = true;
  }
  for (const auto& agent : member->agents) {
    if (has_certificates(charter, agent.signing)) continue;
    const crypto::CertificateBody body{.kind = crypto::CertificateKind::agent,
                                       .org = member->org,
                                       .name = agent.name,
                                       .signing = agent.signing,
                                       .channel = agent.channel,
                                       .sealing = agent.sealing};
    for (auto& each : crypto::certify_year(body, now, root, charter.federation))
      charter.certificates.push_back(std::move(each.encoded));
    changed = true;
  }
  return changed;
}

Result<void> check_acceptable(const PublicHome& home, const crypto::Charter& charter,
                              WallTime now) {
  const auto complete = crypto::check_complete(charter, now);
  if (!complete) return complete;
  const auto place = check_own_place(home, charter);
  if (!place) return place;
  if (!charter.body.exercise && !home.has_passphrase)
    return std::unexpected(
        Error{Errc::refused, "the charter is for production, and this home has no passphrase",
              "make the home with --passphrase-file, or the charter with --exercise"});
  if (!home.charter) return {};
  if (home.charter->federation != charter.federation)
    return std::unexpected(Error{
        Errc::refused, fmt::format("this home already lives by the charter {}", home.charter->body.name),
        "make another home for another federation"});
  if (charter.body.version < home.charter->body.version)
    return fail(Errc::refused, "version {} is older than version {}, which is in force",
                charter.body.version, home.charter->body.version);
  return {};
}

Result<void> accept_agreement(mesh::Disk& disk, const PublicHome& home,
                              const crypto::Charter& charter, WallTime now) {
  const auto acceptable = check_acceptable(home, charter, now);
  if (!acceptable) return acceptable;
  return disk.write_atomic(home.at.charter(), bytes_of(crypto::write_charter(charter)),
                           mesh::FileMode::shared);
}

Result<std::vector<crypto::Certificate>> certificates_of(const crypto::Charter& charter,
                                                         std::string_view org,
                                                         const PublicKey& signing) {
  const auto* member = charter.member(org);
  if (!member) return fail(Errc::not_found, "{} is no member of the charter", org);
  std::vector<crypto::Certificate> out;
  for (const auto& encoded : charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    if (!body || body->org != org || body->signing != signing) continue;
    auto checked = crypto::read_certificate(encoded, member->root, charter.federation);
    if (!checked) return std::unexpected(checked.error());
    out.push_back(std::move(*checked));
  }
  if (out.empty())
    return fail(Errc::not_found, "the charter holds no certificate for this agent of {}", org);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.body.not_before < b.body.not_before;
  });
  return out;
}

}  // namespace tocsin::agents
