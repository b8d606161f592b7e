#include "mesh/sync/head_vector.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::size_t logs_max = 1000;

std::vector<LogHead> heads_at(std::uint64_t sequence) {
  Digest id;
  id.data.fill(std::uint8_t(sequence));
  return {{{AgentId{{1}}, 1, {}, LogClass::case_}, sequence, 0, id, {}}};
}

Digest head_id(Entropy& entropy) {
  auto out = entropy.make<Digest>();
  std::fill(out.data.begin() + head_id_bytes, out.data.end(), std::uint8_t(0));
  return out;
}

/// Up to nine authors with up to five logs each.
std::vector<LogHead> drawn(Entropy& entropy) {
  std::vector<LogHead> out;
  for (std::uint8_t author = 0; author < 9; ++author)
    for (std::uint64_t epoch = entropy.number() % 6; epoch > 0; --epoch) {
      LogHead head{{AgentId{{author}}, 6 - epoch, {}, LogClass::indicator},
                   1 + entropy.number() % 500, 0, head_id(entropy), {}};
      for (auto left = entropy.number() % 3; left > 0; --left) {
        const auto above = head.ranges.empty() ? head.contiguous : head.ranges.back().last;
        head.ranges.push_back({above + 2, above + 2 + entropy.number() % 9});
      }
      out.push_back(std::move(head));
    }
  return out;
}

/// Of some authors some logs move, go or come.
std::vector<LogHead> moved(const std::vector<LogHead>& heads, Entropy& entropy) {
  std::vector<LogHead> out;
  const auto authors = entropy.number();
  for (auto head : heads) {
    const bool rests = (authors >> head.key.agent.data[0] & 1) != 0;
    const auto what = rests ? 9 : entropy.number() % 5;
    if (what == 0) continue;
    if (what == 1) ++head.contiguous, head.last = head_id(entropy), head.ranges.clear();
    if (what == 2) head.base = head.contiguous;
    if (what == 3) head.key.scope = entropy.make<ScopeId>();
    out.push_back(std::move(head));
  }
  if (entropy.number() % 2) out.push_back({{{}, 1, {}, LogClass::case_}, 1, 0, head_id(entropy), {}});
  if (entropy.number() % 2) out.push_back({{AgentId{{99}}, 1, {}, LogClass::case_}, 1, 0, head_id(entropy), {}});
  std::sort(out.begin(), out.end(),
            [](const LogHead& a, const LogHead& b) { return a.key < b.key; });
  out.erase(std::unique(out.begin(), out.end(),
                        [](const LogHead& a, const LogHead& b) { return a.key == b.key; }),
            out.end());
  return out;
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
  CHECK(vectors.size() <= 128);
}

TEST_CASE("of ids only what is sent is kept") {
  HeadVectors vectors;
  const auto heads = vectors.share(heads_at(3));
  const auto& id = heads->at(0).last;
  CHECK(same_head_id(id, heads_at(3)[0].last));
  CHECK(id != heads_at(3)[0].last);
}

TEST_CASE("two vectors that differ in what the digest leaves out are not taken for one") {
  HeadVectors vectors;
  auto raised = heads_at(3);
  raised[0].base = 3;
  const auto one = vectors.share(heads_at(3)), other = vectors.share(raised);
  CHECK(one->at(0).base == 0);
  CHECK(other->at(0).base == 3);
}

TEST_CASE("a change turns one vector into the other, and what rests is the same section") {
  tests::SeededEntropy entropy(3);
  std::size_t rested = 0;
  for (int round = 0; round < 300; ++round) {
    HeadVectors here, there;
    const auto before = drawn(entropy), after = moved(before, entropy);
    const auto from = here.share(before), to = here.share(after);
    const auto known = there.share(before);
    const auto got = there.apply(*known, encode_head_delta(*from, *to), logs_max);
    REQUIRE(got);
    CHECK((*got)->all() == after);
    CHECK((*got)->digest == digest_of(after));
    CHECK((*got)->size() == after.size());
    for (const auto& section : (*got)->sections) {
      const auto* old = known->of(section->author());
      if (old && old->logs == section->logs) {
        CHECK(old == section.get());
        ++rested;
      }
    }
  }
  CHECK(rested > 500);
}

TEST_CASE("every head is found by its place and by its log, and none that is not there") {
  tests::SeededEntropy entropy(4);
  for (int round = 0; round < 20; ++round) {
    HeadVectors vectors;
    const auto heads = drawn(entropy);
    const auto vector = vectors.share(heads);
    std::size_t ranges = 0;
    for (std::size_t i = 0; i < heads.size(); ++i) {
      CHECK(vector->at(i) == heads[i]);
      REQUIRE(vector->find(heads[i].key));
      CHECK(*vector->find(heads[i].key) == heads[i]);
      auto other = heads[i].key;
      other.scope = entropy.make<ScopeId>();
      CHECK_FALSE(vector->find(other));
      ranges += heads[i].ranges.size();
    }
    CHECK(vector->ranges == ranges);
    CHECK_FALSE(vector->of(AgentId{{77}}));
  }
}

TEST_CASE("what one has otherwise, or alone, is told, and nothing else") {
  tests::SeededEntropy entropy(5);
  for (int round = 0; round < 100; ++round) {
    HeadVectors vectors;
    const auto heads = drawn(entropy), others = moved(heads, entropy);
    std::vector<LogHead> expected;
    for (const auto& head : heads)
      if (std::find(others.begin(), others.end(), head) == others.end()) expected.push_back(head);
    const auto these = vectors.share(heads), those = vectors.share(others);
    CHECK(unlike(*these, *those) == expected);
    CHECK(unlike(*these, *these).empty());
  }
}

TEST_CASE("a change that brings a log twice, or more of them than may be, is refused") {
  HeadVectors vectors;
  const auto from = vectors.share(heads_at(5)), none = vectors.share(std::vector<LogHead>());
  const auto twice = encode_head_delta(*none, *vectors.share(heads_at(9)));
  CHECK(vectors.apply(*from, twice, logs_max).error().code == Errc::invalid);
  CHECK(vectors.apply(*none, twice, 1));
  CHECK(vectors.apply(*none, twice, 0).error().code == Errc::too_large);
}
