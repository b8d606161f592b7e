// The tree's shape against RFC 6962 proofs, with their SHA-256 in place of our BLAKE2b.
#include "crypto/merkle_walk.hpp"

#include <boost/json.hpp>

#include "crypto/digest.hpp"
#include "tests/catch.hpp"
#include "tests/shared_data.hpp"
#include "tests/vector_file.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

/// RFC 6962's node: SHA-256(0x01 ‖ left ‖ right)
Digest sha256_node(const Digest& left, const Digest& right) {
  Bytes whole{0x01};
  whole.insert(whole.end(), left.data.begin(), left.data.end());
  whole.insert(whole.end(), right.data.begin(), right.data.end());
  return sha256(whole);
}

struct Inclusion {
  std::uint64_t index, size;
  Bytes root, leaf;
  std::vector<Bytes> proof;
};

/// Parts of a wrong size cannot even be put to our walk.
bool proves(const Inclusion& given) {
  const auto root = Digest::from(given.root), leaf = Digest::from(given.leaf);
  if (!root || !leaf) return false;
  std::vector<Digest> proof;
  for (const auto& part : given.proof) {
    const auto digest = Digest::from(part);
    if (!digest) return false;
    proof.push_back(*digest);
  }
  return root_from_proof_with(*leaf, given.index, given.size, proof, sha256_node) ==
         *root;
}

Bytes base64_at(const boost::json::value& value) {
  return value.is_string() ? *from_base64(std::string_view(value.as_string())) : Bytes();
}

}  // namespace

TEST_CASE("inclusion proofs of RFC 6962 hold exactly where they should") {
  std::size_t good = 0;
  for (const auto& one : tests::read_vectors("merkle_inclusion.txt", 7)) {
    INFO(one[0]);
    Inclusion given{std::stoull(one[2]),
                    std::stoull(one[3]),
                    tests::column_bytes(one[4]),
                    tests::column_bytes(one[5]),
                    {}};
    std::istringstream parts(one[6] == "-" ? "" : one[6]);
    for (std::string part; std::getline(parts, part, ',');)
      given.proof.push_back(tests::column_bytes(part == "~" ? "-" : part));
    CHECK(proves(given) == (one[1] == "valid"));
    good += one[1] == "valid";
  }
  CHECK(good == 6);
}

TEST_CASE("all shared inclusion proofs of RFC 6962 hold exactly where they should") {
  TOCSIN_NEEDS_DATA("merkle/inclusion");
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           tests::shared_data() / "merkle" / "inclusion")) {
    if (entry.path().extension() != ".json") continue;
    INFO(entry.path().filename().string());
    const auto one = boost::json::parse(tests::read_text(entry.path()));
    Inclusion given{one.at("leafIdx").to_number<std::uint64_t>(),
                    one.at("treeSize").to_number<std::uint64_t>(),
                    base64_at(one.at("root")),
                    base64_at(one.at("leafHash")),
                    {}};
    if (const auto* proof = one.at("proof").if_array())
      for (const auto& part : *proof) given.proof.push_back(base64_at(part));
    CHECK(proves(given) != one.at("wantErr").as_bool());
    ++count;
  }
  CHECK(count >= 98);
}

TEST_CASE("proofs made by our walk are those that it accepts, under any node hash") {
  std::vector<Digest> leaves;
  for (std::uint8_t i = 0; i < 21; ++i) leaves.push_back(sha256(Bytes{0x00, i}));
  auto scratch = leaves;
  const auto root = merkle_root_with(std::span(scratch), sha256_node);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    scratch = leaves;
    const auto proof = merkle_proof_with(std::span(scratch), i, sha256_node);
    CHECK(root_from_proof_with(leaves[i], i, leaves.size(), proof, sha256_node) == root);
  }
}
