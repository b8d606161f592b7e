#include "mesh/wire/packed_batch.hpp"

#include "mesh/wire/frame.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

std::vector<Bytes> indicators(const tests::Author& author, std::size_t count) {
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(author.indicator(fmt::format("host-{}.example", i * i)));
  return out;
}

}  // namespace

TEST_CASE("a batch of indicators comes out of its packing as it went in, twelve bytes smaller each") {
  tests::Author author;
  for (const std::size_t count : {1, 2, 16, 256, 1024}) {
    const auto batch = author.append(indicators(author, count));
    const auto packed = pack_batch(batch.encoded);
    REQUIRE(packed);
    CHECK(packed->size() + 12 * count + 57 == batch.encoded.size());
    CHECK(*unpack_batch(*packed) == batch.encoded);
    const BatchMessage message{batch.encoded, true};
    const auto frame = encode_batch_message(batch.encoded, true);
    CHECK(frame.size() + 12 * count < encode(message).size());
    CHECK(*decode(frame) == Message(message));
  }
}

TEST_CASE("what is sealed, holds other records or is of another form goes as it is") {
  tests::Author author;
  FieldWriter note({RecordKind::note, {Tlp::green, Pap::green}, author.now, author.log.agent.prefix()});
  note.text(1, "a note");
  const auto mixed = author.append({author.indicator("a.example"), std::move(note).take()});
  CHECK_FALSE(pack_batch(mixed.encoded));
  const BatchMessage message{mixed.encoded, false};
  CHECK(*decode(encode_batch_message(mixed.encoded, false)) == Message(message));

  auto other = author.append(indicators(author, 3));
  other.encoded[batch_prefix_bytes + batch_secret_bytes + 4 + 12] ^= 1;  // another author
  CHECK_FALSE(pack_batch(other.encoded));
  other = author.append(indicators(author, 3));
  other.encoded.push_back(0);
  CHECK_FALSE(pack_batch(other.encoded));
  CHECK_FALSE(pack_batch(ByteView(other.encoded).first(100)));

  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  CHECK_FALSE(pack_batch(author.sign(indicators(author, 2), &key).encoded));
}

TEST_CASE("a packed batch that is cut anywhere, longer, or says another count is refused") {
  tests::Author author;
  const auto packed = *pack_batch(author.append(indicators(author, 3)).encoded);
  for (std::size_t size = 0; size < packed.size(); ++size)
    REQUIRE_FALSE(unpack_batch(ByteView(packed).first(size)));
  auto longer = packed;
  longer.push_back(0);
  CHECK(unpack_batch(longer).error().code == Errc::invalid);
  for (const std::uint8_t count : {0, 2, 4}) {
    auto other = packed;
    other[1] = count;
    CHECK_FALSE(unpack_batch(other));
  }
  auto many = packed;
  many[2] = 0xff;
  CHECK(unpack_batch(many).error().code == Errc::invalid);
}

TEST_CASE("whatever is flipped in a packed batch, no other batch of its author comes out") {
  tests::Author author;
  const auto packed = *pack_batch(author.append(indicators(author, 2)).encoded);
  for (std::size_t at = 0; at < packed.size(); ++at) {
    CAPTURE(at);
    auto forged = packed;
    forged[at] ^= 0x10;
    auto encoded = unpack_batch(forged);
    if (!encoded) continue;
    const auto batch = parse_batch(std::move(*encoded));
    if (!batch) continue;
    const auto genuine = verify_signature(*batch, author.certificate, author.federation);
    REQUIRE_FALSE((genuine && open_batch(*batch, nullptr)));
  }
}
