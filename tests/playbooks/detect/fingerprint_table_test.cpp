#include "playbooks/detect/fingerprint_table.hpp"

#include <map>
#include <random>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::size_t count_of(const FingerprintTable& table, std::uint64_t fingerprint,
                     std::uint32_t ordinal) {
  std::size_t out = 0;
  table.find(fingerprint, [&](std::uint32_t found) { out += found == ordinal; });
  return out;
}
}  // namespace

TEST_CASE("a fingerprint table holds exactly what went in, through growth and removal") {
  FingerprintTable table;
  std::mt19937_64 random(7);
  std::map<std::uint32_t, std::uint64_t> model;
  for (std::uint32_t ordinal = 0; ordinal < 60000; ++ordinal) {
    model[ordinal] = random();
    REQUIRE(table.insert(model[ordinal], ordinal, 8));
    if (ordinal % 3 == 0) {
      const auto victim = model.begin();
      REQUIRE(table.remove(victim->second, victim->first));
      CHECK_FALSE(table.remove(victim->second, victim->first));
      model.erase(victim);
    }
  }
  CHECK(table.size() == model.size());
  std::size_t wrong = 0;
  for (const auto& [ordinal, fingerprint] : model)
    wrong += count_of(table, fingerprint, ordinal) != 1;
  CHECK(wrong == 0);
  CHECK(count_of(table, random(), 1) == 0);
}

TEST_CASE("a million fingerprints cost at most 24 bytes each") {
  FingerprintTable table;
  std::mt19937_64 random(8);
  double worst = 0;
  for (std::uint32_t ordinal = 0; ordinal < 1000000; ++ordinal) {
    table.insert(random(), ordinal, 8);
    if (ordinal > 300000 && ordinal % 10000 == 0)
      worst = std::max(worst, double(table.bytes()) / double(table.size()));
  }
  CHECK(worst <= 22.0);
  CHECK(double(table.bytes()) / double(table.size()) <= 22.0);
}

TEST_CASE("equal fingerprints are kept up to the bound and no further") {
  FingerprintTable table;
  for (std::uint32_t ordinal = 0; ordinal < 64; ++ordinal) REQUIRE(table.insert(42, ordinal, 64));
  CHECK_FALSE(table.insert(42, 64, 64));
  std::size_t found = 0;
  table.find(42, [&](std::uint32_t) { ++found; });
  CHECK(found == 64);
}

TEST_CASE("the hash depends on its key, its domain and every byte") {
  tests::SeededEntropy one(1), two(2);
  const auto a = FingerprintKey::make(one), b = FingerprintKey::make(two);
  const std::string text = "0123456789abcdefghijklmnopqrstuvwxyz";
  CHECK(a.hash(1, text) != b.hash(1, text));
  CHECK(a.hash(1, text) != a.hash(2, text));
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto whole = a.hash(1, text.substr(0, size));
    for (std::size_t at = 0; at < size; ++at) {
      auto changed = text.substr(0, size);
      changed[at] = char(changed[at] ^ 1);
      CHECK(a.hash(1, changed) != whole);
    }
    if (size > 0) CHECK(a.hash(1, text.substr(0, size - 1)) != whole);
  }
}
