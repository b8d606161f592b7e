#include "mesh/sync/head_memory.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

std::vector<LogHead> heads_at(std::uint64_t sequence) {
  Digest id;
  id.data.fill(std::uint8_t(sequence));
  return {{{AgentId{{1}}, 1, {}, LogClass::case_}, sequence, 0, id, {}}};
}

}  // namespace

TEST_CASE("equal heads are kept once, and forgotten with their last holder") {
  HeadVectors vectors;
  {
    const auto one = vectors.share(heads_at(1)), other = vectors.share(heads_at(1));
    CHECK(one == other);
    CHECK(one->digest == digest_of(heads_at(1)));
    CHECK_FALSE(same_heads(one, vectors.share(heads_at(2))));
  }
  for (std::uint64_t i = 1; i < 200; ++i) vectors.share(heads_at(i));
  CHECK(vectors.size() <= 64);
}

TEST_CASE("of ids only what is sent is kept") {
  HeadVectors vectors;
  const auto heads = vectors.share(heads_at(3));
  const auto& id = heads->logs[0].last;
  CHECK(same_head_id(id, heads_at(3)[0].last));
  CHECK(id != heads_at(3)[0].last);
}

TEST_CASE("two vectors that differ in what the digest leaves out are not taken for one") {
  HeadVectors vectors;
  auto raised = heads_at(3);
  raised[0].base = 3;
  const auto one = vectors.share(heads_at(3)), other = vectors.share(raised);
  CHECK(one->logs[0].base == 0);
  CHECK(other->logs[0].base == 3);
}

TEST_CASE("the newest few of each side are remembered, by digest") {
  HeadVectors vectors;
  HeadMemory memory;
  CHECK_FALSE(memory.newest_of_theirs());
  for (std::uint64_t i = 1; i <= HeadMemory::kept_max + 1; ++i) {
    memory.keep_ours(vectors.share(heads_at(i)));
    memory.keep_theirs(vectors.share(heads_at(100 + i)));
  }
  CHECK_FALSE(memory.ours(basis_of(digest_of(heads_at(1)))));
  CHECK(memory.ours(basis_of(digest_of(heads_at(2)))));
  CHECK_FALSE(memory.ours(basis_of(digest_of(heads_at(103)))));
  CHECK(memory.either(basis_of(digest_of(heads_at(2)))));
  CHECK(memory.either(basis_of(digest_of(heads_at(103)))));
  CHECK(memory.newest_of_theirs()->digest == digest_of(heads_at(105)));
  // What is kept again is the newest, and takes no second place.
  memory.keep_ours(vectors.share(heads_at(2)));
  memory.keep_ours(vectors.share(heads_at(9)));
  CHECK(memory.ours(basis_of(digest_of(heads_at(2)))));
  CHECK_FALSE(memory.ours(basis_of(digest_of(heads_at(3)))));
}

TEST_CASE("a vector that is too long is not remembered") {
  HeadVectors vectors;
  HeadMemory memory;
  std::vector<LogHead> long_one;
  for (std::uint64_t i = 0; i <= HeadMemory::logs_max; ++i)
    long_one.push_back({{AgentId{{1}}, i, {}, LogClass::case_}, 1, 0, {}, {}});
  memory.keep_theirs(vectors.share(long_one));
  CHECK_FALSE(memory.newest_of_theirs());
}
