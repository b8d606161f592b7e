#include "mesh/world/real_entropy.hpp"

#include "tests/catch.hpp"

using namespace tocsin;

TEST_CASE("random bytes fill all that was asked for and do not repeat") {
  mesh::RealEntropy entropy;
  CHECK(entropy.make<Digest>() != entropy.make<Digest>());
  // 4,000 bytes without a single zero at one of both ends would be a fault, not chance.
  Bytes many(4000);
  entropy.fill(many);
  CHECK(std::any_of(many.begin(), many.begin() + 100, [](auto b) { return b != 0; }));
  CHECK(std::any_of(many.end() - 100, many.end(), [](auto b) { return b != 0; }));
}
