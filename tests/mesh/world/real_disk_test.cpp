#include "mesh/world/real_disk.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tocsin::tests::ScratchFolder;

namespace {

unsigned mode_of(const Path& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777;
}

}  // namespace

TEST_CASE("a file is replaced as a whole and keeps its mode") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path path = scratch.path() / "keys";
  REQUIRE(disk.write_atomic(path, bytes_of("first, longer"), FileMode::secret));
  REQUIRE(disk.write_atomic(path, bytes_of("second"), FileMode::secret));
  CHECK(text_of(disk.read(path, 6).value()) == "second");
  CHECK(mode_of(path) == 0600);
  CHECK(disk.list(scratch.path()).value() == std::vector<std::string>{"keys"});
  REQUIRE(disk.write_atomic(path, bytes_of(""), FileMode::shared));
  CHECK(disk.read(path, 0).value().empty());
  CHECK(mode_of(path) == 0644);
}

TEST_CASE("writers of one file at the same time do not disturb one another") {
  const ScratchFolder scratch;
  const Path path = scratch.path() / "list";
  std::atomic<int> failures = 0;
  const auto write = [&](char letter) {
    RealDisk disk;
    const std::string text(20'000, letter);
    for (int i = 0; i < 60; ++i)
      failures += !disk.write_atomic(path, bytes_of(text), FileMode::shared).has_value();
  };
  std::thread one(write, 'a'), two(write, 'b');
  one.join();
  two.join();
  CHECK(failures == 0);
  RealDisk disk;
  const auto left = disk.read(path, 20'001).value();
  CHECK(left.size() == 20'000);
  CHECK(std::count(left.begin(), left.end(), left.front()) == 20'000);
  CHECK(disk.list(scratch.path()).value() == std::vector<std::string>{"list"});
}

TEST_CASE("what a writer that died left beside a file goes when the file is written again") {
  const ScratchFolder scratch;
  RealDisk disk;
  const auto make = [&](const char* name, bool old) {
    const Path path = scratch.path() / name;
    REQUIRE((*disk.open_append(path, FileMode::secret))->append(bytes_of("half")));
    const timespec times[2]{{1'000'000, 0}, {1'000'000, 0}};
    if (old) REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
  };
  make("keys.abcdef.tocsin-new", true);
  make("keys.ghijkl.tocsin-new", false);  // Somebody may be at it.
  make("keys.backup.new", true);  // Nobody's but its user's.
  make("other.abcdef.tocsin-new", true);
  REQUIRE(disk.write_atomic(scratch.path() / "keys", bytes_of("whole"), FileMode::secret));
  CHECK(disk.list(scratch.path()).value() ==
        std::vector<std::string>{"keys", "keys.backup.new", "keys.ghijkl.tocsin-new", "other.abcdef.tocsin-new"});
}

TEST_CASE("a file over the limit, a missing one and a folder are refused by name") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path path = scratch.path() / "seven";
  REQUIRE(disk.write_atomic(path, bytes_of("1234567"), FileMode::shared));
  const auto large = disk.read(path, 6);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Errc::too_large);
  const auto missing = disk.read(scratch.path() / "none", 6);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK_THAT(missing.error().message, tests::has_in_it("none"));
  CHECK(disk.read(scratch.path(), 6).error().code == Errc::io);
  CHECK(disk.write_atomic(scratch.path() / "no" / "file", {}, FileMode::shared)
            .error()
            .code == Errc::not_found);
}

TEST_CASE("a pipe that nobody writes into reads as empty, and no pipe is replaced by a file") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path pipe = scratch.path() / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(disk.read(pipe, 6).value().empty());
  CHECK(disk.write_atomic(pipe, bytes_of("x"), FileMode::shared).error().code == Errc::io);
  CHECK(disk.list(scratch.path()).value() == std::vector<std::string>{"pipe"});
}

TEST_CASE("a device is no file, and what cannot be made is named as it was asked for") {
  const ScratchFolder scratch;
  RealDisk disk;
  CHECK_THAT(disk.read("/dev/zero", 6).error().message, tests::has_in_it("device"));
  CHECK_FALSE(disk.open_read("/dev/zero"));
  const auto lost = disk.write_atomic(scratch.path() / "no" / "file", {}, FileMode::shared);
  CHECK_THAT(lost.error().message, tests::has_in_it("no/file: cannot create"));
  CHECK_FALSE(lost.error().hint.empty());
}

TEST_CASE("a file grows by appending, across openings, and is read front to back") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path path = scratch.path() / "log";
  for (const auto* text : {"one ", "two "}) {
    const auto file = disk.open_append(path, FileMode::secret);
    REQUIRE(file);
    REQUIRE((*file)->append(bytes_of(text)));
    REQUIRE((*file)->append(bytes_of(text)));
    REQUIRE((*file)->sync());
  }
  CHECK(disk.size(path).value() == 16);
  CHECK(mode_of(path) == 0600);
  const auto reading = disk.open_read(path);
  REQUIRE(reading);
  Bytes part(10);
  CHECK((*reading)->read(part).value() == 10);
  CHECK((*reading)->read(part).value() == 6);
  CHECK((*reading)->read(part).value() == 0);
}

TEST_CASE("folders are made on the way, and a file in the way is an error") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path deep = scratch.path() / "a" / "b" / "c";
  REQUIRE(disk.make_folders(deep, FileMode::secret));
  REQUIRE(disk.make_folders(deep, FileMode::secret));
  CHECK(mode_of(deep) == 0700);
  REQUIRE(disk.write_atomic(deep / "z", {}, FileMode::shared));
  REQUIRE(disk.write_atomic(deep / "y", {}, FileMode::shared));
  CHECK(disk.list(deep).value() == std::vector<std::string>{"y", "z"});
  CHECK_FALSE(disk.make_folders(deep / "y", FileMode::secret));
  CHECK_FALSE(disk.make_folders(deep / "y" / "x", FileMode::secret));
  REQUIRE(disk.remove(deep / "y"));
  CHECK_FALSE(disk.exists(deep / "y"));
  CHECK(disk.remove(deep / "y").error().code == Errc::not_found);
  CHECK(disk.list(deep / "y").error().code == Errc::not_found);
}

TEST_CASE("a lock is held by one at a time") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path path = scratch.path() / "lock";
  {
    const auto held = disk.lock(path);
    REQUIRE(held);
    const auto second = disk.lock(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == Errc::refused);
  }
  CHECK(disk.lock(path));
}

TEST_CASE("a full disk is told apart from other errors") {
  RealDisk disk;
  const auto full = disk.open_append("/dev/full", FileMode::shared);
  REQUIRE(full);
  const auto appended = (*full)->append(bytes_of("x"));
  REQUIRE_FALSE(appended);
  CHECK(appended.error().code == Errc::full);
  CHECK_THAT(appended.error().message, tests::has_in_it("/dev/full"));
  CHECK(disk.free_space("/tmp").value() > 0);
}

TEST_CASE("a finished file takes the place of another") {
  const ScratchFolder scratch;
  RealDisk disk;
  const Path part = scratch.path() / "list.part", path = scratch.path() / "list";
  REQUIRE(disk.write_atomic(part, bytes_of("new"), FileMode::shared));
  REQUIRE(disk.write_atomic(path, bytes_of("old"), FileMode::shared));
  REQUIRE(disk.replace(part, path));
  CHECK(text_of(disk.read(path, 9).value()) == "new");
  CHECK_FALSE(disk.exists(part));
  CHECK(disk.replace(part, path).error().code == Errc::not_found);
}
