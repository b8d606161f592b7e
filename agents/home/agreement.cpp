#include "agents/home/agreement.hpp"

#include <algorithm>

#include "crypto/charter_chain.hpp"

namespace tocsin::agents {
namespace {

constexpr std::string_view staged_ending = ".next";

const crypto::Member* member_of_root(const crypto::Charter& charter, const PublicKey& root) {
  for (const auto& member : charter.body.members)
    if (member.root == root) return &member;
  return nullptr;
}

// Under its member's root as it is now: those of a past root end with that.
bool has_certificates(const crypto::Charter& charter, const PublicKey& root,
                      const PublicKey& signing) {
  int found = 0;
  for (const auto& encoded : charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    if (body && body->signing == signing &&
        crypto::read_certificate(encoded, root, charter.federation))
      ++found;
  }
  return found >= crypto::certificate_months;
}

// The home's card may still be signed by a root that this version, or one before it, replaced.
bool was_root(const crypto::Charter& charter, std::string_view org, const PublicKey& root) {
  return std::any_of(charter.past_roots.begin(), charter.past_roots.end(),
                     [&](const crypto::PastRoot& past) {
                       return past.org == org && past.root == root;
                     });
}

Result<void> check_own_place(const PublicHome& home, const crypto::Charter& charter) {
  const auto* own = charter.member(home.org);
  if (!own)
    return fail(Errc::refused, "{} is no member of the charter {}", home.org, charter.body.name);
  if (own->root != home.card.root && !was_root(charter, home.org, home.card.root))
    return fail(Errc::refused, "the charter names another root for {}", home.org);
  const auto certificates = certificates_of(charter, home.org, home.signing);
  if (!certificates)
    return std::unexpected(Error{Errc::refused, certificates.error().message,
                                 "run `tocsin charter sign` with this organisation's root"});
  return {};
}

// Each by itself and in one step, so that a cut leaves the rest to the next acceptance.
Result<void> put_in_place(mesh::Disk& disk, const Path& file) {
  if (!disk.exists(staged(file))) return {};
  const auto bytes = disk.read(staged(file), document_bytes_max);
  if (!bytes) return std::unexpected(bytes.error());
  auto done = disk.write_atomic(file, *bytes, mesh::FileMode::shared);
  if (done) done = disk.remove(staged(file));
  return done;
}

// What was signed by a root that counts from this version on.
Result<void> take_staged(mesh::Disk& disk, const Layout& at, const crypto::Charter& charter,
                         std::string_view org) {
  const auto* own = charter.member(org);
  if (!disk.exists(staged(at.card()))) return {};
  const auto text = read_text(disk, staged(at.card()));
  const auto card = text ? crypto::read_card(*text) : std::unexpected(text.error());
  if (!card || !own || card->root != own->root) return {};  // It waits for another version.
  if (disk.exists(at.analysts())) {
    const auto names = disk.list(at.analysts());
    if (!names) return std::unexpected(names.error());
    for (const auto& name : *names)
      if (name.ends_with(staged_ending))
        if (auto done = put_in_place(
                disk, at.analysts() / name.substr(0, name.size() - staged_ending.size()));
            !done)
          return done;
  }
  return put_in_place(disk, at.card());
}

// With the certificates that the home held already.
Result<void> keep(mesh::Disk& disk, const PublicHome& home, const crypto::Charter& charter) {
  auto kept = charter;
  if (home.charter)
    for (const auto& encoded : home.charter->certificates) {
      auto& held = kept.certificates;
      if (held.size() < crypto::charter_certificates_max &&
          std::find(held.begin(), held.end(), encoded) == held.end())
        held.push_back(encoded);
    }
  const auto written = disk.write_atomic(
      home.at.charter(), bytes_of(crypto::write_charter(kept)), mesh::FileMode::shared);
  if (!written) return written;
  return take_staged(disk, home.at, kept, home.org);
}

}  // namespace

Path staged(const Path& file) {
  Path out = file;
  out += staged_ending;
  return out;
}

Result<bool> sign_agreement(crypto::Charter& charter, const crypto::SigningKey& root,
                            WallTime now, const crypto::SigningKey* recovery) {
  const auto* member = member_of_root(charter, root.public_key());
  if (!member)
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("no member of {} has this root", charter.body.name),
                                 "the charter must be made with this organisation's card"});
  if (charter.body.expires <= now) return fail(Errc::expired, "the charter has expired");

  bool changed = false;
  const auto has_signed = [&](const auto& each) { return each.org == member->org; };
  if (std::none_of(charter.signatures.begin(), charter.signatures.end(), has_signed)) {
    const auto* wanted = crypto::signing_key_for(charter.before(), charter.body, member->org);
    if (*wanted != root.public_key() && !recovery)
      return std::unexpected(Error{Errc::refused,
                                   fmt::format("{} gets another root: its recovery key signs that",
                                               member->org),
                                   "name its folder with --recovery-dir"});
    const auto added = crypto::sign_charter(charter, member->org,
                                            *wanted == root.public_key() ? root : *recovery);
    if (!added) return std::unexpected(added.error());
    changed = true;
  }
  for (const auto& agent : member->agents) {
    if (has_certificates(charter, member->root, agent.signing)) continue;
    for (auto& each : certify_agent(member->org, agent, root, charter.federation, now))
      charter.certificates.push_back(std::move(each.encoded));
    changed = true;
  }
  return changed;
}

std::vector<crypto::Certificate> certify_agent(const std::string& org,
                                               const crypto::CardAgent& agent,
                                               const crypto::SigningKey& root,
                                               const FederationId& federation, WallTime now) {
  return crypto::certify_year(crypto::certificate_body_of(org, agent), now, root, federation);
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
  const auto follows = crypto::check_succession(*home.charter, charter);
  if (!follows)
    return std::unexpected(hinted(follows.error(), "`tocsin charter show` names the version in "
                                                   "force; a newer one is made from it"));
  return {};
}

Result<void> accept_agreement(mesh::Disk& disk, const PublicHome& home,
                              const crypto::Charter& charter, WallTime now) {
  const auto acceptable = check_acceptable(home, charter, now);
  if (!acceptable) return acceptable;
  return keep(disk, home, charter);
}

Result<crypto::Charter> certified_anew(const PublicHome& home, const crypto::SigningKey& root,
                                       WallTime now) {
  const auto agreed = home.agreed();
  if (!agreed) return std::unexpected(agreed.error());
  if (root.public_key() != home.card.root)
    return fail(Errc::refused, "this is not the root of {}", home.org);
  const auto agent = std::find_if(
      home.card.agents.begin(), home.card.agents.end(),
      [&](const crypto::CardAgent& each) { return each.signing == home.signing; });
  if (agent == home.card.agents.end())
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("the card of {} does not name this agent", home.org),
                                 "copy card.json from the root's folder"});
  auto charter = **agreed;
  const auto added = crypto::add_certificates(
      charter, home.org, certify_agent(home.org, *agent, root, charter.federation, now));
  if (!added) return std::unexpected(added.error());
  return charter;
}

Result<void> keep_certificates(mesh::Disk& disk, const PublicHome& home,
                               const crypto::Charter& charter) {
  if (!home.charter || home.charter->body_text != charter.body_text)
    return fail(Errc::refused, "version {} is not the one in force", charter.body.version);
  return keep(disk, home, charter);
}

Result<std::vector<crypto::Certificate>> certificates_of(const crypto::Charter& charter,
                                                         std::string_view org,
                                                         const PublicKey& signing) {
  if (!charter.member(org)) return fail(Errc::not_found, "{} is no member of the charter", org);
  std::vector<crypto::Certificate> out;
  for (const auto& encoded : charter.certificates) {
    const auto body = crypto::peek_certificate(encoded);
    if (!body || body->org != org || body->signing != signing) continue;
    auto checked = crypto::read_member_certificate(charter, encoded);
    if (!checked) return std::unexpected(checked.error());
    if (checked->body.not_after <= checked->body.not_before) continue;
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
