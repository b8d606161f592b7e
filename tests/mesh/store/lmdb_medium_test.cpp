#include "mesh/store/lmdb_medium.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("a long order of arrival is read in chunks that follow on one another") {
  RealWorld real;
  tests::ScratchFolder folder;
  const auto medium = LmdbMedium::open(real.world(), {folder.path(), 1ull << 30},
                                       LmdbMedium::Access::read_write, nullptr);
  REQUIRE(medium);
  const auto log = tests::made_log(1);
  Writes writes;
  for (std::uint64_t i = 0; i < 4200; ++i)
    writes.push_back(BatchWrite{{tests::made_batch(log, 4200 - i, 2, 50, i), {2 * i, i}}, {}});
  REQUIRE((*medium)->write(writes));
  CHECK(*(*medium)->end() == Place{8400, 4200});

  std::optional<Place> from = Place{};
  std::uint64_t expected = 4200;
  int chunks = 0;
  for (; from; ++chunks) {
    const auto chunk = (*medium)->chunk(*from);
    REQUIRE(chunk);
    for (const auto& placed : chunk->batches) CHECK(placed.batch.sequence == expected--);
    from = chunk->next;
  }
  CHECK(expected == 0);
  CHECK(chunks == 3);
  for (const std::uint64_t ordinal : {0, 1, 4199, 4200, 8399})
    CHECK((*(*medium)->holding(ordinal))->batch.sequence == 4200 - ordinal / 2);
  CHECK_FALSE((*medium)->holding(8400)->has_value());
  CHECK((*medium)->place_of(log, 4200)->value().place == Place{0, 0});
  CHECK((*medium)->room() > 0);
  CHECK((*medium)->bytes_used() > 4200 * 200);
}

TEST_CASE("writes are all there or none") {
  RealWorld real;
  tests::ScratchFolder folder;
  const auto medium = LmdbMedium::open(real.world(), {folder.path(), 1ull << 30},
                                       LmdbMedium::Access::read_write, nullptr);
  REQUIRE(medium);
  Writes writes;
  writes.push_back(FactWrite{{1}, std::make_shared<const Bytes>(Bytes{1})});
  writes.push_back(FactWrite{Bytes(600), std::make_shared<const Bytes>(Bytes{1})});  // key too long
  CHECK_FALSE((*medium)->write(writes));
  CHECK_FALSE((*medium)->fact(Bytes{1})->has_value());
}
