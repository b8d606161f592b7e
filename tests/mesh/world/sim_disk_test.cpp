#include "mesh/world/sim_disk.hpp"

#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

std::string content(SimMachine& machine, const Path& path) {
  const auto read = machine.world().disk.read(path, 1'000'000);
  return read ? std::string(text_of(*read)) : std::string(name_of(read.error().code));
}

std::unique_ptr<AppendFile> appending(SimMachine& machine, const Path& path) {
  return machine.world().disk.open_append(path, FileMode::secret).value();
}

}  // namespace

TEST_CASE("a power cut takes what was not synced, a killed program loses nothing") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  auto file = appending(machine, "/log");
  REQUIRE(file->append(bytes_of("synced ")));
  REQUIRE(file->sync());
  REQUIRE(file->append(bytes_of("killed ")));
  machine.kill();
  machine.restart();
  CHECK(content(machine, "/log") == "synced killed ");
  machine.crash();
  machine.restart();
  CHECK(content(machine, "/log") == "synced ");
}

TEST_CASE("a power cut may leave a part of the unsynced bytes, and zeros among them") {
  bool shorter = false, zeros = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SimFaults faults;
    faults.keep_unsynced = true;
    SimUniverse universe(seed, faults);
    auto& machine = universe.add_machine("a");
    const auto file = appending(machine, "/log");
    REQUIRE(file->append(bytes_of("good")));
    REQUIRE(file->sync());
    REQUIRE(file->append(Bytes(100, 'x')));
    machine.crash();
    machine.restart();
    const auto left = content(machine, "/log");
    CHECK(left.starts_with("good"));
    shorter = shorter || left.size() < 104;
    zeros = zeros || left.find('\0') != std::string::npos;
  }
  CHECK((shorter && zeros));
}

TEST_CASE("whole files survive, and the files of an ended life are closed") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  auto& old = machine.world().disk;
  REQUIRE(old.make_folders("/var/tocsin", FileMode::secret));
  REQUIRE(old.write_atomic("/var/tocsin/state", bytes_of("kept"), FileMode::secret));
  const auto file = appending(machine, "/var/tocsin/log");
  machine.crash();
  machine.restart();
  CHECK(content(machine, "/var/tocsin/state") == "kept");
  CHECK_FALSE(file->append(bytes_of("late")));
  CHECK_FALSE(file->sync());
  CHECK_FALSE(old.write_atomic("/var/tocsin/state", bytes_of("late"), FileMode::secret));
  CHECK_FALSE(old.read("/var/tocsin/state", 10));
  CHECK(content(machine, "/var/tocsin/state") == "kept");
}

TEST_CASE("folders, names and limits are as on a real disk") {
  SimUniverse universe(1);
  auto& disk = universe.add_machine("a").world().disk;
  CHECK(disk.write_atomic("/no/file", {}, FileMode::shared).error().code ==
        Errc::not_found);
  REQUIRE(disk.make_folders("/d/e", FileMode::shared));
  REQUIRE(disk.write_atomic("/d/b", bytes_of("1234"), FileMode::shared));
  REQUIRE(disk.write_atomic("/d/a", {}, FileMode::shared));
  CHECK(disk.list("/d").value() == std::vector<std::string>{"a", "b", "e"});
  CHECK(disk.list("/x").error().code == Errc::not_found);
  CHECK(disk.read("/d/b", 3).error().code == Errc::too_large);
  CHECK(disk.size("/d/b").value() == 4);
  CHECK(disk.remove("/d").error().code == Errc::io);
  CHECK(disk.remove("/d/b"));
  CHECK(disk.remove("/d/b").error().code == Errc::not_found);
  CHECK(disk.remove("/d/e"));
  CHECK_FALSE(disk.exists("/d/e"));
  CHECK(disk.make_folders("/d/a/x", FileMode::shared).error().code == Errc::io);
}

TEST_CASE("a lock ends with its holder or its life") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  auto held = machine.world().disk.lock("/lock");
  REQUIRE(held);
  CHECK(machine.world().disk.lock("/lock").error().code == Errc::refused);
  machine.crash();
  machine.restart();
  auto second = machine.world().disk.lock("/lock");
  CHECK(second);
  second->reset();
  CHECK(machine.world().disk.lock("/lock"));
}

TEST_CASE("a full and a dying disk are reported") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  auto& disk = machine.world().disk;
  const auto file = appending(machine, "/log");
  machine.platter().set_space(4);
  CHECK(file->append(bytes_of("1234")));
  CHECK(disk.free_space("/").value() == 0);
  CHECK(file->append(bytes_of("5")).error().code == Errc::full);
  CHECK(disk.write_atomic("/x", bytes_of("5"), FileMode::shared).error().code ==
        Errc::full);
  machine.platter().set_space(1000);
  machine.platter().fail_syncs(true);
  CHECK(file->sync().error().code == Errc::io);
  CHECK(disk.write_atomic("/x", {}, FileMode::shared).error().code == Errc::io);
}

TEST_CASE("a file that grows is read on") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  const auto file = appending(machine, "/log");
  const auto reading = machine.world().disk.open_read("/log").value();
  Bytes room(10);
  CHECK(reading->read(room).value() == 0);
  REQUIRE(file->append(bytes_of("more")));
  CHECK(reading->read(room).value() == 4);
  CHECK(reading->read(room).value() == 0);
}

TEST_CASE("a file takes the place of another in a simulated machine too") {
  SimUniverse universe(1);
  auto& machine = universe.add_machine("a");
  auto file = appending(machine, "/part");
  REQUIRE(file->append(bytes_of("new")));
  REQUIRE(file->sync());
  auto& disk = machine.world().disk;
  REQUIRE(disk.write_atomic("/list", bytes_of("old"), FileMode::shared));
  REQUIRE(disk.replace("/part", "/list"));
  CHECK(content(machine, "/list") == "new");
  CHECK_FALSE(disk.exists("/part"));
  CHECK(disk.replace("/part", "/list").error().code == Errc::not_found);
}
