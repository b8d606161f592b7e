// Two operators and an authority with fixed keys, for the tests of everything that they
// sign.
#pragma once

#include "crypto/charter.hpp"
#include "tests/proven.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

inline constexpr WallTime sample_start{1'790'000'000'000};

/// One organisation with a root, a recovery key and one agent.
struct SampleOrg {
  crypto::SigningKey root, recovery, signing;
  crypto::ExchangeKey channel, sealing;
  crypto::Card card;

  crypto::CertificateBody agent_body() const {
    auto out = crypto::certificate_body_of(card.org, card.agents.front());
    out.not_before = sample_start;
    out.not_after = sample_start + std::chrono::days(31);
    return out;
  }
};

inline SampleOrg make_sample_org(std::string org, crypto::OrgRole role,
                                 Entropy& entropy) {
  using namespace crypto;
  SampleOrg out{SigningKey::make(entropy),  SigningKey::make(entropy),
                SigningKey::make(entropy),  ExchangeKey::make(entropy),
                ExchangeKey::make(entropy), {}};
  CardAgent agent{"agent-1", out.signing.public_key(), out.channel.public_key(),
                  out.sealing.public_key(), "192.0.2.1:7400"};
  out.card = Card{.org = std::move(org),
                  .name = "Sample “Größe” Ltd",
                  .country = "DE",
                  .role = role,
                  .root = out.root.public_key(),
                  .recovery = out.recovery.public_key(),
                  .agents = {agent},
                  .own_networks = {"198.51.100.0/24", "cloud.example"}};
  auto& proof = out.card.agents.front().proof;
  proof = prove_possession(certificate_body_of(out.card.org, agent), out.signing);
  return out;
}

struct SampleFederation {
  SeededEntropy entropy{7};
  SampleOrg delos = make_sample_org("delos", crypto::OrgRole::operator_, entropy);
  SampleOrg bleu = make_sample_org("bleu", crypto::OrgRole::operator_, entropy);
  SampleOrg bsi = make_sample_org("bsi", crypto::OrgRole::authority, entropy);

  crypto::CharterBody body() const {
    return {.name = "Rhine agreement",
            .created = sample_start,
            .expires = sample_start + std::chrono::days(365),
            .members = {delos.card, bleu.card, bsi.card}};
  }
};

}  // namespace tocsin::tests
