// Replays every seed and every finding of the fuzzers without one.
#include "tests/fuzz/seeds.hpp"

#include <filesystem>
#include <map>
#include <vector>

#include "tests/catch.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/seeded_entropy.hpp"
#include "tests/source_root.hpp"

using namespace tocsin;

namespace {

std::map<std::string, Bytes> kept_seeds() {
  std::map<std::string, Bytes> out;
  const auto folder = tests::source_root() / "tests" / "fuzz" / "seeds";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto text = tests::read_text(entry.path());
    out[std::filesystem::relative(entry.path(), folder).string()] = {text.begin(), text.end()};
  }
  return out;
}

const fuzz::Target& target_of(const std::string& seed) {
  const auto* found = fuzz::find_target(seed.substr(0, seed.find('/')));
  if (!found) FAIL(seed << " is a seed of no target");
  return *found;
}

}  // namespace

TEST_CASE("the seeds that the encoders make are kept as they are, and accepted") {
  const auto kept = kept_seeds();
  for (const auto& [name, bytes] : fuzz::made_seeds()) {
    INFO(name);
    const auto at = kept.find(name);
    if (at == kept.end()) FAIL(name << " is missing: run make_fuzz_seeds tests/fuzz/seeds");
    CHECK(at->second == bytes);
    CHECK(target_of(name).run(bytes));
  }
}

TEST_CASE("every seed and every finding goes through its target") {
  std::map<std::string, int> replayed;
  for (const auto& [name, bytes] : kept_seeds()) {
    (void)target_of(name).run(bytes);
    ++replayed[name.substr(0, name.find('/'))];
  }
  for (const auto& target : fuzz::targets()) CHECK(replayed[std::string(target.name)] > 0);
}

TEST_CASE("seeds with bytes changed, cut or doubled go through their targets") {
  tests::SeededEntropy chance(29);
  for (const auto& [name, bytes] : fuzz::made_seeds()) {
    const auto& target = target_of(name);
    for (int turn = 0; turn < 60; ++turn) {
      auto altered = bytes;
      for (auto changes = chance.number() % 3; changes > 0 && !altered.empty(); --changes)
        altered[chance.number() % altered.size()] = std::uint8_t(chance.number());
      if (turn % 4 == 1) altered.resize(chance.number() % (altered.size() + 1));
      if (turn % 4 == 2) altered.insert(altered.end(), bytes.begin(), bytes.end());
      (void)target.run(altered);
    }
  }
}
