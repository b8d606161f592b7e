// An author with a key and a certificate, for every test that needs signed batches.
#pragma once

#include "mesh/wire/batch.hpp"
#include "tests/seeded_entropy.hpp"

namespace tocsin::tests {

struct Author {
  explicit Author(std::uint64_t seed = 1, std::string org = "delos")
      : entropy(seed), key(crypto::SigningKey::make(entropy)) {
    federation = FederationId{crypto::blake2b(bytes_of("federation")).data};
    certificate.kind = crypto::CertificateKind::agent;
    certificate.org = std::move(org);
    certificate.name = "gateway";
    certificate.signing = key.public_key();
    certificate.not_before = now - std::chrono::hours(1);
    certificate.not_after = now + std::chrono::hours(24 * 31);
    log = {certificate.id(), 0x1122334455667788, {}, mesh::LogClass::indicator};
  }

  Bytes indicator(std::string_view domain,
                  mesh::Marking marking = {mesh::Tlp::green, mesh::Pap::green}) const {
    return mesh::encode_indicator(
        {mesh::RecordKind::indicator, marking, now, log.agent.prefix()},
        {mesh::IndicatorType::domain, 80, now + std::chrono::hours(24 * 30), domain, {"c2"}});
  }

  Result<mesh::Batch> try_sign(const std::vector<Bytes>& records,
                               const crypto::SecretKey* scope_key = nullptr) {
    return mesh::sign_batch({log, sequence, now, previous, records}, key, federation, scope_key,
                            entropy);
  }
  mesh::Batch sign(const std::vector<Bytes>& records, const crypto::SecretKey* scope_key = nullptr) {
    auto batch = try_sign(records, scope_key);
    TOCSIN_ASSERT(batch.has_value());
    return std::move(*batch);
  }
  /// The next batch of this author's log, chained to the one before.
  mesh::Batch append(const std::vector<Bytes>& records, const crypto::SecretKey* scope_key = nullptr) {
    auto batch = sign(records, scope_key);
    previous = batch.id;
    ++sequence;
    return batch;
  }

  SeededEntropy entropy;
  crypto::SigningKey key;
  FederationId federation;
  crypto::CertificateBody certificate;
  mesh::LogKey log;
  WallTime now{1'795'000'000'000};
  std::uint64_t sequence = 1;
  Digest previous;
};

}  // namespace tocsin::tests
