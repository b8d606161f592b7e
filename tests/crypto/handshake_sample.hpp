// Two agents of a sample federation that can shake hands, for the tests of handshake and
// attacks.
#pragma once

#include "crypto/handshake.hpp"
#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"

namespace tocsin::tests {

struct HandshakeSample {
  SampleFederation members;
  SeededEntropy entropy{11};
  FederationId federation = entropy.make<FederationId>();
  crypto::SecretKey psk = entropy.make<crypto::SecretKey>();
  crypto::SecretKey next_psk = entropy.make<crypto::SecretKey>();

  crypto::OwnIdentity identity(const SampleOrg& org) const {
    return {org.channel, crypto::certify(org.agent_body(), org.root, federation),
            federation};
  }
  crypto::Initiator::Options options() const {
    return {identity(members.delos),
            members.bleu.channel.public_key(),
            psk,
            {sample_start, 0}};
  }
  std::vector<crypto::PairSecrets> secrets() const {
    return {{"bsi", crypto::SecretKey{{7}}, std::nullopt}, {"delos", psk, next_psk}};
  }
  /// Certificates of the sample's members are good on the first day.
  crypto::CheckCertificate check() const {
    return [this](ByteView encoded) -> Result<crypto::Certificate> {
      const auto body = crypto::peek_certificate(encoded);
      if (!body) return std::unexpected(body.error());
      for (const auto* org : {&members.delos, &members.bleu, &members.bsi}) {
        if (org->card.org != body->org) continue;
        auto read = crypto::read_certificate(encoded, org->root.public_key(), federation);
        if (read && !read->valid_at(sample_start))
          return fail(Errc::expired, "certificate");
        return read;
      }
      return fail(Errc::refused, "{} is no member", body->org);
    };
  }
  Result<crypto::Answer> answer(ByteView message1) {
    return respond(identity(members.bleu), secrets(), message1, check(), entropy);
  }
};

/// Both ends after a good handshake.
struct Joined {
  crypto::Channel initiator, responder;
  Bytes message1, message2;
};

inline Joined join(HandshakeSample& sample) {
  auto initiator = crypto::Initiator::make(sample.options(), sample.entropy).value();
  auto answer = sample.answer(initiator.message1()).value();
  auto outcome = initiator.finish(answer.message2, sample.check()).value();
  return {std::move(outcome.channel), std::move(answer.channel), initiator.message1(),
          std::move(answer.message2)};
}

}  // namespace tocsin::tests
