#include "agents/bench/real_machine.hpp"

#include "mesh/world/real_disk.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::agents::bench;

TEST_CASE("memory that is written to counts as this process's own") {
  const auto before = memory_use();
  REQUIRE(before);
  const std::vector<std::uint8_t> more(64 * 1024 * 1024, 1);
  const auto after = memory_use();
  REQUIRE(after);
  CHECK(after->anonymous >= before->anonymous + more.size() / 2);
  CHECK(after->mapped > 0);
}

TEST_CASE("a file that the cache forgot is read from the disk again, and reads the same") {
  mesh::RealDisk disk;
  tests::ScratchFolder folder;
  const auto file = folder.path() / "file";
  const Bytes content(3 * 1024 * 1024, 7);
  REQUIRE(disk.write_atomic(file, content, mesh::FileMode::secret));
  REQUIRE(drop_cached(file));
  CHECK(disk.read(file, content.size()).value() == content);
  const auto missing = drop_cached(folder.path() / "none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
}
