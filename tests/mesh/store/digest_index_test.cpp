#include "mesh/store/digest_index.hpp"

#include <map>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
std::vector<std::uint64_t> found(const DigestIndex& index, const Digest& id) {
  std::vector<std::uint64_t> out;
  index.find(id, out);
  std::sort(out.begin(), out.end());
  return out;
}
}  // namespace

TEST_CASE("an index finds every digest at its ordinal, in at most 14 bytes each") {
  tests::SeededEntropy entropy(1);
  DigestIndex index;
  std::vector<Digest> ids;
  for (std::uint64_t ordinal = 0; ordinal < 200'000; ++ordinal) {
    ids.push_back(entropy.make<Digest>());
    index.add(ids.back(), ordinal);
  }
  CHECK(index.size() == ids.size());
  CHECK(index.bytes() < 14 * ids.size());
  std::size_t missed = 0, false_candidates = 0;
  for (std::uint64_t ordinal = 0; ordinal < ids.size(); ++ordinal) {
    const auto candidates = found(index, ids[ordinal]);
    missed += !std::binary_search(candidates.begin(), candidates.end(), ordinal);
    false_candidates += candidates.size() - 1;
  }
  CHECK(missed == 0);
  CHECK(false_candidates <= 2);
  for (int i = 0; i < 10'000; ++i) missed += !found(index, entropy.make<Digest>()).empty();
  CHECK(missed <= 1);
}

TEST_CASE("digests that share their first bytes are all candidates") {
  DigestIndex index;
  Digest a, b;
  a.data.fill(7), b.data.fill(7);
  b.data[31] = 8;
  index.add(a, 1);
  index.add(b, 2);
  index.add(b, 2);
  CHECK(found(index, a) == std::vector<std::uint64_t>{1, 2});
  CHECK(index.size() == 2);
}

TEST_CASE("adding and removing at random agrees with a map") {
  tests::SeededEntropy entropy(2);
  DigestIndex index;
  std::multimap<std::uint64_t, std::uint64_t> model;  // low bits of the digest → ordinal
  const auto digest_of = [](std::uint64_t number) {
    // Few shards and few homes, so that runs grow long and wrap.
    Digest out;
    out.data[0] = std::uint8_t(number % 2);
    out.data[7] = std::uint8_t(number % 5 == 0 ? 0xff : number % 7);
    out.data[4] = std::uint8_t(number % 64);
    return out;
  };
  for (int step = 0; step < 20'000; ++step) {
    const auto number = entropy.number() % 200;
    const auto id = digest_of(number);
    const auto key = id.prefix();
    const std::uint64_t ordinal = number % 16;
    const auto [first, last] = model.equal_range(key);
    const auto at = std::find_if(first, last, [&](const auto& e) { return e.second == ordinal; });
    if (entropy.number() % 2 == 0) {
      index.add(id, ordinal);
      if (at == last) model.emplace(key, ordinal);
    } else {
      index.remove(id, ordinal);
      if (at != last) model.erase(at);
    }
    std::vector<std::uint64_t> expected;
    const auto range = model.equal_range(key);
    for (auto e = range.first; e != range.second; ++e) expected.push_back(e->second);
    std::sort(expected.begin(), expected.end());
    REQUIRE(found(index, id) == expected);
    REQUIRE(index.size() == model.size());
  }
}

TEST_CASE("an index with room made beforehand moves nothing, and finds what is added many at a time") {
  tests::SeededEntropy entropy(2);
  constexpr std::uint64_t count = 300'000;
  DigestIndex index;
  index.reserve(count);
  const auto before = index.bytes();
  std::vector<Digest> ids;
  for (std::uint64_t i = 0; i < count; ++i) ids.push_back(entropy.make<Digest>());
  index.add(std::span(ids).first(1000), 0);
  index.add(std::span(ids).subspan(1000), 1000);
  CHECK(index.size() == count);
  CHECK(index.bytes() < before + before / 20);
  std::size_t missed = 0;
  for (std::uint64_t ordinal = 0; ordinal < count; ++ordinal) {
    const auto candidates = found(index, ids[ordinal]);
    missed += !std::binary_search(candidates.begin(), candidates.end(), ordinal);
  }
  CHECK(missed == 0);
}
