// An export of one agent's notes, to be bent in tests.
#pragma once

#include "agents/home/audit_file.hpp"
#include "crypto/charter_chain.hpp"
#include "mesh/sync/revocation.hpp"
#include "tests/catch.hpp"
#include "tests/proven.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

inline constexpr WallTime audit_now{1'795'000'000'000};

// Two organisations, their charter and one agent whose notes are exported.
struct AuditSample {
  SeededEntropy entropy{7};
  crypto::SigningKey root = crypto::SigningKey::make(entropy);
  crypto::SigningKey other = crypto::SigningKey::make(entropy);
  crypto::SigningKey third = crypto::SigningKey::make(entropy);
  crypto::SigningKey key = crypto::SigningKey::make(entropy);
  agents::AuditFile file{"incident", "bleu", audit_now, agreed(), {}, {}};
  mesh::LogKey log{crypto::agent_id_of(key.public_key()), 1, {}, mesh::LogClass::case_};
  Digest previous;
  std::uint64_t sequence = 1;

  crypto::Charter agreed() {
    crypto::Member member;
    member.org = member.name = "bleu";
    member.country = "FR";
    member.role = crypto::OrgRole::operator_;
    member.root = root.public_key();
    member.recovery = crypto::SigningKey::make(entropy).public_key();
    crypto::CharterBody body;
    body.name = "Test";
    body.created = audit_now;
    body.expires = audit_now + std::chrono::hours(24);
    body.members = {member, member, member};
    body.members[1].org = "delos";
    body.members[1].root = other.public_key();
    body.members[1].recovery = crypto::SigningKey::make(entropy).public_key();
    body.members[2].org = "acme";
    body.members[2].root = third.public_key();
    body.members[2].recovery = crypto::SigningKey::make(entropy).public_key();
    auto charter = crypto::make_charter(std::move(body)).value();
    REQUIRE(crypto::sign_charter(charter, "bleu", root));
    REQUIRE(crypto::sign_charter(charter, "delos", other));
    REQUIRE(crypto::sign_charter(charter, "acme", third));
    const crypto::CertificateBody agent{crypto::CertificateKind::agent, "bleu", "bleu-1",
                                        key.public_key(),
                                        crypto::ExchangeKey::make(entropy).public_key(),
                                        crypto::ExchangeKey::make(entropy).public_key(), 0,
                                        audit_now - std::chrono::hours(1), audit_now + std::chrono::hours(1)};
    charter.certificates.push_back(crypto::certify(proven(agent, key), root, charter.federation).encoded);
    return charter;
  }
  Bytes note(std::string_view text) const {
    const mesh::RecordHeader header{mesh::RecordKind::note, {mesh::Tlp::green, mesh::Pap::green},
                                    audit_now, log.agent.prefix()};
    mesh::FieldWriter fields(header);
    fields.text(1, text);
    return std::move(fields).take();
  }
  void add(std::vector<Bytes> records) {
    const auto batch =
        mesh::sign_batch({log, sequence++, audit_now, previous, records}, key,
                         file.charter.federation, nullptr, entropy);
    REQUIRE(batch);
    previous = batch->id;
    const auto opened = mesh::open_batch(*batch, nullptr);
    for (std::uint32_t i = 0; i < records.size(); ++i)
      file.entries.push_back(*mesh::disclose(*batch, *opened, i));
  }
  /// The version of the others without bleu, of whose logs these are the ends.
  crypto::Charter without_bleu(const std::vector<mesh::LastGood>& ends) const {
    auto wish = file.charter.body;
    wish.members.erase(wish.members.begin());
    wish.created = audit_now + std::chrono::minutes(1);
    wish.amend = {};
    wish.policies.clear();
    wish.removed = {{"bleu", {}}};
    for (const auto& end : ends)
      wish.removed[0].logs.push_back(*crypto::LastBatch::from(mesh::encode_last_good(end)));
    auto out = crypto::amend_charter(file.charter, wish).value();
    REQUIRE(crypto::sign_charter(out, "delos", other));
    REQUIRE(crypto::sign_charter(out, "acme", third));
    return out;
  }
  Bytes revocation(std::vector<mesh::LastGood> good) const {
    return mesh::encode_revocation(
        {mesh::RecordKind::revocation, {mesh::Tlp::green, mesh::Pap::green}, audit_now,
         log.agent.prefix()},
        {"bleu", log.agent, audit_now, "stolen", std::move(good)}, root, file.charter.federation);
  }
};

}  // namespace tocsin::tests
