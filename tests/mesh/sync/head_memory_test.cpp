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

TEST_CASE("of long vectors that have little in common the newest one is remembered alone") {
  HeadVectors vectors;
  HeadMemory memory;
  const auto long_one = [&](std::uint64_t sequence) {
    std::vector<LogHead> out;
    for (std::uint64_t i = 0; i <= HeadMemory::logs_max / 2; ++i)
      out.push_back({{AgentId{{1}}, i, {}, LogClass::case_}, sequence, 0, {}, {}});
    return vectors.share(std::move(out));
  };
  memory.keep_theirs(vectors.share(heads_at(7)));
  const auto first = long_one(1), second = long_one(2);
  memory.keep_theirs(first);
  CHECK(memory.theirs(basis_of(digest_of(heads_at(7)))));
  memory.keep_theirs(second);
  CHECK(memory.newest_of_theirs() == second);
  CHECK_FALSE(memory.theirs(basis_of(first->digest)));
  CHECK_FALSE(memory.theirs(basis_of(digest_of(heads_at(7)))));
}

TEST_CASE("long vectors that differ in one section are remembered beside one another") {
  HeadVectors vectors;
  HeadMemory memory;
  std::vector<LogHead> heads;
  for (std::uint64_t i = 0; i < HeadMemory::logs_max - 100; ++i)
    heads.push_back({{AgentId{{std::uint8_t(i / 4096)}}, i, {}, LogClass::case_}, 1, 0, {}, {}});
  for (std::uint64_t sequence = 1; sequence <= HeadMemory::kept_max; ++sequence) {
    auto more = heads;
    more.push_back({{AgentId{{255}}, 1, {}, LogClass::case_}, sequence, 0, {}, {}});
    memory.keep_ours(vectors.share(std::move(more)));
  }
  heads.push_back({{AgentId{{255}}, 1, {}, LogClass::case_}, 1, 0, {}, {}});
  CHECK(memory.ours(basis_of(digest_of(heads))));
}
