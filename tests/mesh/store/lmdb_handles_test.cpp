#include "mesh/store/lmdb_handles.hpp"

#include <cerrno>

#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

struct Rig {
  tests::ScratchFolder folder;
  LmdbEnvironment env;
  MDB_dbi database = 0;

  Rig() {
    MDB_env* made = nullptr;
    REQUIRE(mdb_env_create(&made) == 0);
    env.reset(made);
    REQUIRE(mdb_env_open(made, folder.path().c_str(), MDB_NOTLS, 0600) == 0);
    auto txn = LmdbTransaction::begin(env.get(), 0);
    REQUIRE(txn);
    REQUIRE(mdb_dbi_open(txn->get(), nullptr, 0, &database) == 0);
    for (const std::uint8_t key : {2, 4, 6})
      REQUIRE(lmdb_put(txn->get(), database, Bytes{key}, Bytes{key, key}));
    REQUIRE(txn->commit());
  }
};

}  // namespace

TEST_CASE("a transaction that is not committed leaves nothing") {
  Rig rig;
  {
    auto txn = LmdbTransaction::begin(rig.env.get(), 0);
    REQUIRE(lmdb_put(txn->get(), rig.database, Bytes{9}, Bytes{1}));
  }
  const auto txn = LmdbTransaction::begin(rig.env.get(), MDB_RDONLY);
  CHECK_FALSE(lmdb_get(txn->get(), rig.database, Bytes{9})->has_value());
  CHECK(lmdb_get(txn->get(), rig.database, Bytes{4})->value().size() == 2);
}

TEST_CASE("a cursor seeks forward, and walks both ways to the end") {
  Rig rig;
  const auto txn = LmdbTransaction::begin(rig.env.get(), MDB_RDONLY);
  auto cursor = LmdbCursor::open(txn->get(), rig.database);
  REQUIRE(cursor);
  CHECK((*cursor->seek(Bytes{3}))->key[0] == 4);
  CHECK((*cursor->previous())->key[0] == 2);
  CHECK_FALSE(cursor->previous()->has_value());
  CHECK((*cursor->last())->key[0] == 6);
  CHECK_FALSE(cursor->next()->has_value());
  CHECK((*cursor->seek({}))->key[0] == 2);
  CHECK_FALSE(cursor->seek(Bytes{7})->has_value());
}

TEST_CASE("LMDB's codes become ours") {
  CHECK(lmdb_failed("x", MDB_MAP_FULL).error().code == Errc::full);
  CHECK(lmdb_failed("x", ENOSPC).error().code == Errc::full);
  CHECK(lmdb_failed("x", MDB_CORRUPTED).error().code == Errc::corrupt);
  CHECK(lmdb_failed("x", EIO).error().code == Errc::io);
}
