#include "mesh/sync/comparison.hpp"

#include "crypto/digest.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const SketchKey key{{4}};

BatchPlace place(std::uint64_t sequence) {
  ByteWriter out;
  out.u64(sequence);
  return {{AgentId{{1}}, 7, {}, LogClass::indicator}, sequence, crypto::blake2b(out.bytes())};
}

std::vector<BatchPlace> places(std::uint64_t first, std::uint64_t last) {
  std::vector<BatchPlace> out;
  for (auto sequence = first; sequence <= last; ++sequence) out.push_back(place(sequence));
  return out;
}

/// Lets the two talk until the end; how many questions it took.
Result<int> talk(ComparisonRun& run, ComparisonSource& source) {
  int questions = 0;
  while (const auto question = run.next()) {
    REQUIRE(++questions < 1000);
    if (const auto* ask = std::get_if<SketchAsk>(&*question)) {
      const auto sketch = source.answer(*ask);
      if (!sketch) return std::unexpected(sketch.error());
      if (const auto taken = run.take(*sketch); !taken) return std::unexpected(taken.error());
    } else {
      const auto taken = run.take(source.answer(std::get<PlacesAsk>(*question)));
      if (!taken) return std::unexpected(taken.error());
    }
  }
  return questions;
}

}  // namespace

TEST_CASE("equal stores are equal after one question") {
  ComparisonRun run(key, places(1, 3000));
  ComparisonSource source(key, places(1, 3000));
  CHECK(talk(run, source).value() == 1);
  CHECK(run.difference() == Difference{3000, 3000, 1, {}, {}});
}

TEST_CASE("what either side lacks is named with its place") {
  auto here = places(1, 3000);
  const auto lost = here[1234];
  here.erase(here.begin() + 1234);
  ComparisonRun run(key, std::move(here));
  ComparisonSource source(key, places(1, 2990));
  REQUIRE(talk(run, source));
  CHECK(run.difference().only_there == std::vector{lost});
  CHECK(run.difference().only_here.size() == 10);
}

TEST_CASE("stores that have nothing in common are compared in few questions") {
  ComparisonRun run(key, places(1, 4000));
  ComparisonSource source(key, places(4001, 8000));
  const auto questions = talk(run, source);
  REQUIRE(questions);
  CHECK(*questions < 25);
  CHECK(run.difference().only_here.size() == 4000);
  CHECK(run.difference().only_there.size() == 4000);
}

TEST_CASE("a question out of turn, or under another key, is refused") {
  ComparisonSource source(key, places(1, 10));
  REQUIRE(source.answer(SketchAsk{key, 0, 8}));
  CHECK(source.answer(SketchAsk{key, 0, 8}).error().code == Errc::refused);
  CHECK(source.answer(SketchAsk{key, 16, 8}).error().code == Errc::refused);
  CHECK(source.answer(SketchAsk{SketchKey{{5}}, 8, 8}).error().code == Errc::refused);
  REQUIRE(source.answer(SketchAsk{key, 8, 8}));
}

TEST_CASE("an answer to no question, or about another batch, is refused") {
  ComparisonRun run(key, places(1, 10));
  CHECK(run.take(Places{key, {}}).error().code == Errc::invalid);
  ComparisonSource source(key, places(1, 12));
  const auto ask = std::get<SketchAsk>(*run.next());
  auto sketch = source.answer(ask).value();
  auto short_one = sketch;
  short_one.symbols.pop_back();
  CHECK(run.take(short_one).error().code == Errc::invalid);
  REQUIRE(run.take(sketch));
  const auto question = std::get<PlacesAsk>(*run.next());
  REQUIRE(question.ids.size() == 2);
  CHECK(run.take(Places{key, {place(1), place(2)}}).error().code == Errc::invalid);
  REQUIRE(run.take(source.answer(question)));
  CHECK(run.done());
}
