#include "crypto/digest.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

std::vector<Digest> leaves_of(std::size_t count) {
  std::vector<Digest> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    ByteWriter record;
    record.u64(i);
    out[i] = leaf_digest(Salt{std::uint8_t(i)}, record.bytes());
  }
  return out;
}

/// RFC 6962's own definition: split at the largest power of two below the count.
Digest root_by_definition(std::span<const Digest> leaves) {
  if (leaves.size() == 1) return leaves[0];
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_digest(root_by_definition(leaves.first(split)),
                     root_by_definition(leaves.subspan(split)));
}

}  // namespace

TEST_CASE("BLAKE2b and SHA-256 give their published digests") {
  // Source: `b2sum -l 256` and FIPS 180-2 appendix B.1.
  CHECK(to_hex(blake2b(bytes_of("abc")).view()) ==
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  CHECK(to_hex(sha256(bytes_of("abc")).view()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("parts are hashed as if they stood in one piece") {
  CHECK(blake2b({bytes_of("a"), bytes_of(""), bytes_of("bc")}) ==
        blake2b(bytes_of("abc")));
  const Bytes key(32, 1), other(32, 2);
  CHECK(blake2b_keyed(key, {bytes_of("abc")}) != blake2b(bytes_of("abc")));
  CHECK(blake2b_keyed(key, {bytes_of("abc")}) != blake2b_keyed(other, {bytes_of("abc")}));
}

TEST_CASE("salts of a batch are the same one by one and all at once") {
  const Bytes secret(32, 9);
  std::vector<Salt> all(1024);
  salts_of(secret, all);
  for (std::uint32_t i = 0; i < all.size(); ++i) REQUIRE(salt_of(secret, i) == all[i]);
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(salt_of(Bytes(32, 8), 0) != salt_of(secret, 0));
}

TEST_CASE("a leaf depends on its salt and on every byte of its record, at any length") {
  const Salt salt{1};
  for (const std::size_t size : {0, 1, 126, 127, 128, 510, 511, 512, 513, 5000}) {
    Bytes record(size, 7);
    const auto digest = leaf_digest(salt, record);
    CHECK(leaf_digest(Salt{2}, record) != digest);
    record.push_back(7);
    CHECK(leaf_digest(salt, record) != digest);
    record.pop_back();
    if (size == 0) continue;
    record.back() ^= 1;
    CHECK(leaf_digest(salt, record) != digest);
  }
}

TEST_CASE("a leaf is no node, so a node cannot be passed off as a record") {
  const auto left = blake2b(bytes_of("left")), right = blake2b(bytes_of("right"));
  Bytes both(left.data.begin(), left.data.end());
  both.insert(both.end(), right.data.begin(), right.data.end());
  CHECK(leaf_digest(Salt{}, both) != node_digest(left, right));
}

TEST_CASE("the root is the one that RFC 6962 defines, for every number of leaves") {
  for (std::size_t count = 1; count <= 130; ++count) {
    auto leaves = leaves_of(count);
    const auto expected = root_by_definition(leaves);
    REQUIRE(merkle_root(leaves) == expected);
  }
}

TEST_CASE(
    "every leaf has a proof that leads to the root, and no other leaf or place does") {
  for (std::size_t count = 1; count <= 33; ++count) {
    const auto leaves = leaves_of(count);
    auto scratch = leaves;
    const auto root = merkle_root(scratch);
    for (std::size_t i = 0; i < count; ++i) {
      auto proof = merkle_proof(leaves, i);
      REQUIRE(root_from_proof(leaves[i], i, count, proof) == root);
      const auto& neighbour = leaves[(i + 1) % count];
      CHECK((root_from_proof(neighbour, i, count, proof) == root) == (count == 1));
      for (std::size_t other = 0; other < count; ++other)
        if (other != i) CHECK(root_from_proof(leaves[i], other, count, proof) != root);
      proof.push_back(root);
      CHECK_FALSE(root_from_proof(leaves[i], i, count, proof));
      proof.resize(proof.size() - 1);
      if (proof.empty()) continue;
      proof.pop_back();
      CHECK_FALSE(root_from_proof(leaves[i], i, count, proof));
    }
    CHECK_FALSE(root_from_proof(leaves[0], count, count, {}));
  }
  CHECK_FALSE(root_from_proof(Digest{}, 0, 0, {}));
}
