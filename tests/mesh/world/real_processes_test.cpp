#include "mesh/world/real_processes.hpp"

#include <csignal>

#include <unistd.h>

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

int exit_of(RealWorld& real, Processes::Options options) {
  const auto child = real.world().processes.start(std::move(options));
  REQUIRE(child);
  return real.complete((*child)->wait(10s)).value();
}

}  // namespace

TEST_CASE(
    "a program gets its arguments and environment, and its output lands in the file") {
  RealWorld real;
  const tests::ScratchFolder scratch;
  const auto out = scratch.path() / "out";
  CHECK(exit_of(real, {{"/bin/sh", "-c", "echo $TOCSIN_TEST \"$0\"; exit 7", "a b"},
                       {{"TOCSIN_TEST", "seen"}},
                       out}) == 7);
  CHECK(text_of(real.world().disk.read(out, 100).value()) == "seen a b\n");
}

TEST_CASE(
    "a killed program ends with its signal, and outlasting the limit is a time-out") {
  RealWorld real;
  const auto child = real.world().processes.start({{"/bin/sleep", "100"}, {}, {}});
  REQUIRE(child);
  CHECK(real.complete((*child)->wait(20ms)).error().code == Errc::timeout);
  CHECK((*child)->running());
  (*child)->terminate();
  CHECK(real.complete((*child)->wait(10s)).value() == 128 + SIGTERM);
  CHECK_FALSE((*child)->running());
}

TEST_CASE("a child that goes out of scope is killed") {
  RealWorld real;
  int pid = 0;
  {
    const auto child = real.world().processes.start({{"/bin/sleep", "100"}, {}, {}});
    REQUIRE(child);
    pid = (*child)->pid();
    CHECK(::kill(pid, 0) == 0);
  }
  CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("what cannot be started is an error") {
  RealWorld real;
  auto& processes = real.world().processes;
  CHECK(processes.start({{"/no/such/program"}, {}, {}}).error().code == Errc::not_found);
  CHECK(processes.start({{}, {}, {}}).error().code == Errc::usage);
  CHECK(processes.start({{"/bin/true"}, {}, "/no/such/folder/out"}).error().code ==
        Errc::io);
}

TEST_CASE("a process knows itself") {
  RealWorld real;
  const auto& processes = real.world().processes;
  CHECK(processes.own_program().filename() == "test_mesh");
  CHECK(processes.rss_bytes() > 1'000'000);
  CHECK(processes.cpu_time() > 0ns);
  CHECK(processes.uid() == ::getuid());
}

TEST_CASE("the first SIGTERM runs the stop job on the loop") {
  RealWorld real;
  bool stopped = false;
  real.world().processes.on_stop([&] {
    stopped = true;
    real.stop();
  });
  real.world().loop.post([] { ::raise(SIGTERM); });
  real.run();
  CHECK(stopped);
}
