#include "mesh/sync/bundle.hpp"

#include "tests/document_vectors.hpp"
#include "tests/mesh/sync/bundle_sample.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Written : BundleSample {
  explicit Written(std::size_t batches, bool with_certificate = false) {
    Digest previous;
    for (std::size_t i = 1; i <= batches; ++i) {
      const std::vector<Bytes> records{documents.indicator(), documents.note()};
      batch.push_back(*sign_batch({documents.log, i, {1'795'000'000'200}, previous, records},
                                  documents.key, documents.federation, nullptr, entropy));
      previous = batch.back().id;
    }
    file = write(batch, entropy, with_certificate);
  }
  Result<std::vector<Bytes>> read(ByteView bytes) const {
    return read_bundle(bytes, &author, &recipient, &reader);
  }
  Result<std::vector<Bytes>> read() const { return read(file); }

  SeededEntropy entropy{3};
  std::vector<Batch> batch;
  Bytes file;
};

}  // namespace

TEST_CASE("the document's bundle is the one that the code writes and reads") {
  BundleSample sample;
  const auto written = document_bytes("wire-format.md", "bundle");
  CHECK(to_hex(written) == to_hex(sample.document_bundle()));
  const auto items = read_bundle(written, &sample.author, &sample.recipient, &sample.reader);
  REQUIRE(items);
  REQUIRE(items->size() == 1);
  CHECK(items->front() == document_bytes("wire-format.md", "batch"));
}

TEST_CASE("a bundle gives back the very batches that went in") {
  const Written bundle(40, true);
  const auto items = bundle.read();
  REQUIRE(items);
  REQUIRE(items->size() == 40);
  for (std::size_t i = 0; i < 40; ++i) CHECK((*items)[i] == bundle.batch[i].encoded);
}

TEST_CASE("items fall into segments of bounded size, and never of two kinds") {
  SegmentPacker packer;
  CHECK(packer.add(SegmentKind::certificates, 300));
  CHECK_FALSE(packer.add(SegmentKind::certificates, 300));
  CHECK(packer.add(SegmentKind::batches, batch_bytes_max));
  CHECK_FALSE(packer.add(SegmentKind::batches, batch_bytes_max));
  CHECK(packer.add(SegmentKind::batches, batch_prefix_bytes));
  CHECK(packer.segments() == 3);
}

TEST_CASE("a proof of a fork has one size") {
  Written made(1);
  for (const auto bytes : {bundle_proof_bytes, bundle_proof_bytes - 1, bundle_proof_bytes + 1}) {
    const Bytes proof(bytes, 1);
    const auto file = made.write(made.batch, made.entropy, true, &proof);
    CHECK(made.read(file).has_value() == (bytes == bundle_proof_bytes));
  }
}

TEST_CASE("whoever is no recipient reads the head and the sizes only") {
  const Written bundle(3);
  const auto outside = read_bundle(bundle.file, &bundle.author, nullptr, nullptr);
  REQUIRE(outside);
  CHECK(outside->empty());
  AgentId other;
  other.data.fill(0x78);
  CHECK(read_bundle(bundle.file, &bundle.author, &other, &bundle.reader).error().code ==
        Errc::refused);
  const auto wrong = *crypto::ExchangeKey::from_secret(Bytes(32, 0x09));
  CHECK(read_bundle(bundle.file, &bundle.author, &bundle.recipient, &wrong).error().code ==
        Errc::unauthenticated);
}

TEST_CASE("a bundle that was cut short anywhere is found out") {
  const Written bundle(2);
  for (std::size_t n = 0; n < bundle.file.size(); ++n)
    if (bundle.read(ByteView(bundle.file).first(n))) FAIL("cut to " << n << " bytes");
  auto longer = bundle.file;
  longer.push_back(0);
  CHECK_FALSE(bundle.read(longer));
}

TEST_CASE("a bundle with any one bit changed is found out") {
  const Written bundle(2, true);
  for (std::size_t at = 0; at < bundle.file.size(); ++at) {
    auto altered = bundle.file;
    altered[at] = std::uint8_t(altered[at] ^ 1u << (at % 8));
    if (bundle.read(altered)) FAIL("byte " << at);
  }
}

TEST_CASE("segments of two bundles cannot be exchanged, nor two of one bundle") {
  const Written one(1);
  Written two(1);
  REQUIRE(one.file.size() == two.file.size());
  two.file = two.write(two.batch, two.entropy);
  const auto head = one.file.size() - (4 + crypto::sealed_overhead + 1 + 4 +
                                       one.batch[0].encoded.size());
  auto mixed = one.file;
  std::copy(two.file.begin() + std::ptrdiff_t(head), two.file.end(),
            mixed.begin() + std::ptrdiff_t(head));
  CHECK(two.read());
  CHECK(one.read(mixed).error().code == Errc::unauthenticated);
}

TEST_CASE("a head outside its maker's certificate does not count") {
  Written bundle(1);
  bundle.author.not_after = {1'795'000'000'400};
  CHECK(bundle.read().error().code == Errc::expired);
  bundle.author.kind = crypto::CertificateKind::analyst;
  CHECK(bundle.read().error().code == Errc::unauthenticated);
}

TEST_CASE("a writer does not finish another bundle than it announced") {
  Written made(2);
  auto header = made.header(made.batch);
  header.segments = 2;
  auto writer = BundleWriter::begin(header, {{made.recipient, made.reader.public_key()}},
                                    made.documents.key, made.entropy);
  REQUIRE(writer);
  REQUIRE(writer->add(SegmentKind::batches, made.batch[0].encoded, made.entropy));
  CHECK(writer->finish(made.entropy).error().code == Errc::corrupt);
  CHECK(BundleWriter::begin(header, {}, made.documents.key, made.entropy).error().code ==
        Errc::usage);
}
