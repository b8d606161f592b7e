// The bundle behind the worked example of docs/wire-format.md, made from inputs named there; and
// what tests and seeds need to write others.
#pragma once

#include "mesh/sync/bundle.hpp"
#include "tests/mesh/wire/document_samples.hpp"
#include "tests/proven.hpp"

namespace tocsin::tests {

struct BundleSample {
  BundleSample()
      : reader(*crypto::ExchangeKey::from_secret(Bytes(32, 0x05))),
        root(*crypto::SigningKey::from_seed(Bytes(32, 0x01))) {
    author.kind = crypto::CertificateKind::agent;
    author.org = "delos";
    author.name = "agent-1";
    author.signing = documents.key.public_key();
    author.channel.data.fill(0x11);
    author.sealing.data.fill(0x12);
    author.not_before = {1'795'000'000'000};
    author.not_after = {1'797'600'000'000};
    recipient.data.fill(0x77);
    certificate = crypto::certify(proven(author, documents.key), root, documents.federation).encoded;
  }

  mesh::BundleHeader header(const std::vector<mesh::Batch>& batches,
                            bool with_certificate = false) const {
    mesh::SegmentPacker packer;
    if (with_certificate) packer.add(mesh::SegmentKind::certificates, certificate.size());
    mesh::BundleHeader out;
    for (const auto& batch : batches) {
      packer.add(mesh::SegmentKind::batches, batch.encoded.size());
      out.records += batch.header.record_count;
    }
    out.federation = documents.federation;
    out.created = {1'795'000'000'500};
    out.segments = packer.segments();
    out.batches = batches.size();
    out.to = "bleu";
    out.certificate = certificate;
    return out;
  }

  Bytes write(const std::vector<mesh::Batch>& batches, Entropy& entropy,
              bool with_certificate = false, const Bytes* proof = nullptr) const {
    auto announced = header(batches, with_certificate);
    if (proof) ++announced.segments;
    auto writer = mesh::BundleWriter::begin(announced, {{recipient, reader.public_key()}},
                                            documents.key, entropy);
    auto out = writer->head();
    const auto add = [&](const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
    if (with_certificate)
      add(*writer->add(mesh::SegmentKind::certificates, certificate, entropy));
    if (proof) add(*writer->add(mesh::SegmentKind::fork_proofs, *proof, entropy));
    for (const auto& batch : batches)
      add(*writer->add(mesh::SegmentKind::batches, batch.encoded, entropy));
    add(*writer->finish(entropy));
    return out;
  }
  Bytes document_bundle() {
    const std::vector<mesh::Batch> batches{documents.batch()};
    return write(batches, documents.entropy);
  }

  DocumentSamples documents;
  crypto::ExchangeKey reader;
  crypto::SigningKey root;
  crypto::CertificateBody author;
  AgentId recipient;
  Bytes certificate;
};

/// Reads all of `file`, as the recipient or as somebody without its key; the items of all batch
/// segments. Errors: as BundleReader, and corrupt for a file that is cut short or goes on.
inline Result<std::vector<Bytes>> read_bundle(ByteView file, const crypto::CertificateBody* author,
                                              const AgentId* agent,
                                              const crypto::ExchangeKey* key) {
  mesh::BundleReader reader;
  std::vector<Bytes> out;
  bool ready = false;
  while (reader.needs() > 0) {
    if (file.size() < reader.needs()) return fail(Errc::corrupt, "cut short");
    const auto part = file.first(reader.needs());
    file = file.subspan(part.size());
    if (auto taken = reader.take(part); !taken) return std::unexpected(taken.error());
    if (const auto* segment = reader.segment();
        segment && segment->kind == mesh::SegmentKind::batches)
      for (const auto item : segment->items) out.emplace_back(item.begin(), item.end());
    if (!reader.header() || ready) continue;
    ready = true;
    if (author)
      if (auto fits = reader.verify(*author); !fits) return std::unexpected(fits.error());
    if (key)
      if (auto opened = reader.unlock(*agent, *key); !opened)
        return std::unexpected(opened.error());
  }
  if (!file.empty()) return fail(Errc::corrupt, "bytes follow");
  return out;
}

}  // namespace tocsin::tests
