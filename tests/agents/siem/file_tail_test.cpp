#include "agents/siem/file_tail.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

namespace {

/// Everything there is to read now.
Texts lines(FileTail& tail, std::size_t* too_large = nullptr) {
  Texts out;
  for (bool more = true; more;) {
    const auto step = tail.next();
    REQUIRE(step.has_value());
    for (const auto line : step->lines) out.emplace_back(line);
    if (too_large != nullptr) *too_large += step->too_large;
    more = step->more;
    tail.taken();
  }
  return out;
}

}  // namespace

TEST_CASE("lines are given once they are complete") {
  MemoryDisk disk;
  FileTail tail(disk, "log", 100, {});
  CHECK(lines(tail).empty());
  disk.append("log", "one\r\n\ntwo\nthr");
  CHECK(lines(tail) == Texts{"one", "two"});
  disk.append("log", "ee\n");
  CHECK(lines(tail) == Texts{"three"});
}

TEST_CASE("a file that was moved away and begun anew is read to its end, then from its start") {
  MemoryDisk disk;
  FileTail tail(disk, "log", 100, {});
  disk.append("log", "old 1\n");
  CHECK(lines(tail) == Texts{"old 1"});
  disk.append("log", "old 2\nold without end");
  disk.files["log.1"] = disk.files["log"];
  disk.write("log", "new 1 which is longer than everything that the old one had in it\n");
  CHECK(lines(tail) == Texts{"old 2", "old without end",
                             "new 1 which is longer than everything that the old one had in it"});
  disk.append("log", "new 2\n");
  CHECK(lines(tail) == Texts{"new 2"});
}

TEST_CASE("a truncated file is read from its start") {
  MemoryDisk disk;
  FileTail tail(disk, "log", 100, {});
  disk.append("log", "one\ntwo\n");
  CHECK(lines(tail).size() == 2);
  disk.files["log"]->clear();
  CHECK(lines(tail).empty());
  disk.append("log", "three\n");
  CHECK(lines(tail) == Texts{"three"});
}

TEST_CASE("after a restart reading goes on where it was, unless the file is another") {
  MemoryDisk disk;
  FileTail before(disk, "log", 100, {});
  std::string first;
  for (int i = 0; i < 200; ++i) first += "line " + std::to_string(i) + "\n";
  disk.append("log", first + "half");
  CHECK(lines(before).size() == 200);
  const auto position = before.position();
  CHECK(position.offset == first.size());

  disk.append("log", " done\n");
  FileTail after(disk, "log", 100, position);
  CHECK(lines(after) == Texts{"half done"});

  disk.write("log", "x" + first);
  FileTail other(disk, "log", 100, position);
  CHECK(lines(other).size() == 200);

  disk.write("log", first.substr(0, 1000));
  FileTail shorter(disk, "log", 100, position);
  CHECK(lines(shorter).front() == "line 0");
}

TEST_CASE("a line over the bound is passed over and counted once") {
  MemoryDisk disk;
  FileTail tail(disk, "log", 10, {});
  std::size_t too_large = 0;
  disk.append("log", "ok\n" + std::string(1'000'000, 'x'));
  CHECK(lines(tail, &too_large) == Texts{"ok"});
  disk.append("log", "yyy\nfine\n");
  CHECK(lines(tail, &too_large) == Texts{"fine"});
  CHECK(too_large == 1);
}
