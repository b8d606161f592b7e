// The values behind the worked examples of docs/wire-format.md, made from inputs named there.
#pragma once

#include <numeric>

#include "mesh/wire/frame.hpp"

namespace tocsin::tests {

/// Gives the same byte for ever, so that an example's batch secret can be printed.
class ConstantEntropy final : public Entropy {
 public:
  void fill(MutableByteView out) override { std::fill(out.begin(), out.end(), 0x5a); }
};

struct DocumentSamples {
  DocumentSamples()
      : key(*crypto::SigningKey::from_seed(counting(32))),
        log{crypto::agent_id_of(key.public_key()), 0x0102030405060708, {}, mesh::LogClass::indicator} {
    federation.data.fill(0xfd);
  }
  static Bytes counting(std::size_t n) {
    Bytes out(n);
    std::iota(out.begin(), out.end(), std::uint8_t(0));
    return out;
  }
  mesh::RecordHeader header(mesh::RecordKind kind) const {
    return {kind, {mesh::Tlp::green, mesh::Pap::green}, {1'795'000'000'123}, log.agent.prefix()};
  }
  Bytes indicator() const {
    return mesh::encode_indicator(header(mesh::RecordKind::indicator),
                                  {mesh::IndicatorType::domain, 80, {1'797'592'000'000},
                                   "c2.example", {"c2"}});
  }
  Bytes note() const {
    mesh::FieldWriter out(header(mesh::RecordKind::note));
    out.text(1, "seen").number(2, 258);
    return std::move(out).take();
  }
  mesh::Batch batch() {
    const std::vector<Bytes> records{indicator(), note()};
    return *mesh::sign_batch({log, 1, {1'795'000'000'200}, {}, records}, key, federation, nullptr,
                             entropy);
  }
  Bytes ping() const { return mesh::encode(mesh::Ping{7}); }
  Bytes heads() const {
    return mesh::encode(mesh::Heads{{{log, 9, 2, {}, {{11, 12}}}}, false});
  }

  ConstantEntropy entropy;
  crypto::SigningKey key;
  FederationId federation;
  mesh::LogKey log;
};

}  // namespace tocsin::tests
