#include "mesh/sync/sketch.hpp"

#include <algorithm>

#include "crypto/digest.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const SketchKey key{{1, 2, 3}};

Digest id(std::uint64_t number) {
  ByteWriter out;
  out.u64(number);
  return crypto::blake2b(out.bytes());
}

std::vector<Digest> sorted(std::vector<Digest> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<Digest> ids(std::uint64_t first, std::uint64_t last) {
  std::vector<Digest> out;
  for (auto n = first; n < last; ++n) out.push_back(id(n));
  return sorted(std::move(out));
}

/// Here: 0 … shared+here; there: here … shared+here+there.
struct Comparison {
  Comparison(std::uint64_t shared, std::uint64_t here, std::uint64_t there)
      : sender(key), decoder(key) {
    for (std::uint64_t n = 0; n < here + shared; ++n) decoder.add(id(n));
    for (std::uint64_t n = here; n < here + shared + there; ++n) sender.add(id(n));
  }
  std::size_t solve(std::size_t symbols_max) {
    while (!decoder.solved() && sender.taken() < symbols_max) decoder.take(sender.next());
    return decoder.symbols();
  }
  SketchEncoder sender;
  SketchDecoder decoder;
};

}  // namespace

TEST_CASE("equal sets are told equal by one symbol") {
  Comparison same(1000, 0, 0);
  CHECK(same.solve(10) == 1);
  CHECK(same.decoder.solved());
  CHECK(same.decoder.only_here().empty());
  CHECK(same.decoder.only_there().empty());

  Comparison nothing(0, 0, 0);
  CHECK(nothing.solve(10) == 1);
}

TEST_CASE("a single difference on either side is found among many") {
  Comparison here(5000, 1, 0);
  here.solve(100);
  REQUIRE(here.decoder.solved());
  CHECK(here.decoder.only_here() == std::vector{id(0)});
  CHECK(here.decoder.only_there().empty());

  Comparison there(5000, 0, 1);
  there.solve(100);
  REQUIRE(there.decoder.solved());
  CHECK(there.decoder.only_there() == std::vector{id(5000)});
}

TEST_CASE("the cost follows the difference: about twice as many symbols, for any set") {
  for (const std::uint64_t shared : {0, 100, 20000})
    for (const std::uint64_t differing : {20, 200, 1000}) {
      Comparison sets(shared, differing / 2, differing / 2);
      const auto symbols = sets.solve(3 * differing);
      INFO(shared << " shared, " << differing << " differing: " << symbols << " symbols");
      REQUIRE(sets.decoder.solved());
      CHECK(symbols <= 2 * differing + 20);
      CHECK(sorted(sets.decoder.only_here()) == ids(0, differing / 2));
      CHECK(sorted(sets.decoder.only_there()) ==
            ids(differing / 2 + shared, differing + shared));
    }
}

TEST_CASE("the places of an item are the same on every machine") {
  SketchEncoder one(key);
  one.add(id(1));
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < 400; ++at)
    if (!one.next().empty()) places.push_back(at);
  CHECK(places == std::vector<std::size_t>{0, 1, 6, 26, 27, 42, 64, 90, 223, 369});
}

TEST_CASE("another key maps the same items elsewhere") {
  SketchEncoder one(key), other(SketchKey{{9}});
  bool differ = false;
  for (std::uint64_t n = 0; n < 8; ++n) {
    one.add(id(n));
    other.add(id(n));
  }
  CHECK(one.next().check != other.next().check);
  for (int at = 0; at < 20; ++at) differ |= one.next().count != other.next().count;
  CHECK(differ);
}

TEST_CASE("symbols of no set are noticed and never go on without end") {
  SketchDecoder decoder(key);
  for (std::uint64_t n = 0; n < 100; ++n) decoder.add(id(n));
  SketchEncoder sender(key);
  sender.add(id(7777));
  const auto lone = sender.next();
  // The same lone item again and again, where it does not belong.
  for (int at = 0; at < 5000 && !decoder.broken(); ++at) decoder.take(lone);
  CHECK_FALSE(decoder.solved());

  SketchEncoder two(key);
  two.add(id(7777));
  two.add(id(8888));
  SketchDecoder empty(key);
  empty.take(two.next());
  for (int at = 0; at < 50; ++at) empty.take(lone);
  CHECK(empty.broken());
  CHECK_FALSE(empty.solved());
}
