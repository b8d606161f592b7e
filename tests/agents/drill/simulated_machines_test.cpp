#include "agents/drill/simulated_machines.hpp"

#include "tests/agents/drill/exercise.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using agents::Path;

namespace {

/// What is left of `mine` when an agent's machine is killed after a write that was synced and one
/// that was not.
std::string left_by_kill(std::uint64_t seed) {
  mesh::RealWorld real;
  drill::SimulatedMachines machines(real.world(), make_agent, seed);
  const auto machine = machines.add("delos");
  const auto file = (*machine)->folder() / "mine";
  {
    REQUIRE((*machine)->disk().make_folders((*machine)->folder(), mesh::FileMode::secret));
    const auto open = (*machine)->disk().open_append(file, mesh::FileMode::secret);
    REQUIRE((*open)->append(bytes_of("kept")));
    REQUIRE((*open)->sync());
    REQUIRE((*open)->append(bytes_of("perhaps lost")));
  }
  REQUIRE(real.complete((*machine)->kill()));
  ScratchFolder folder;
  REQUIRE(machines.keep(folder.path()));
  return read_text(folder.path() / "delos" / "mine");
}

std::string trace_of(std::uint64_t seed) {
  Exercise exercise(nothing_happens, seed);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    co_await mesh::sleep(stage.world.loop, 20s);
  });
  return exercise.machines.trace();
}

}  // namespace

TEST_CASE("the same seed gives the same trace, another one another") {
  const auto once = trace_of(7);
  CHECK(once.size() == 16);
  CHECK(trace_of(7) == once);
  CHECK(trace_of(8) != once);
}

TEST_CASE("a kill loses what was not synced, and nothing else") {
  bool lost = false;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const auto left = left_by_kill(seed);
    CHECK(left.starts_with("kept"));
    lost = lost || left != "keptperhaps lost";
  }
  CHECK(lost);
}

TEST_CASE("what an agent acknowledged is there after its crash") {
  namespace json = boost::json;
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    auto caller = stage.federation.caller("bleu");
    json::object args{{"type", "ipv4"}, {"value", "203.0.113.9"}, {"tlp", "amber"}};
    const auto added = co_await caller.ask("ioc.add", std::move(args));
    CHECK(added);
    const auto killed = co_await stage.federation.kill("bleu");
    CHECK(killed);
    const auto started = co_await stage.federation.start("bleu");
    CHECK(started);
    json::object wanted{{"id", agents::text_in(*added, "id")}};
    auto anew = stage.federation.caller("bleu");
    const auto shown = co_await anew.ask("ioc.show", std::move(wanted));
    CHECK((shown && agents::text_in(*shown, "value") == "203.0.113.9"));
  });
}

TEST_CASE("a story without an end is given up, and takes no real time") {
  mesh::RealWorld real;
  drill::SimulatedMachines machines(real.world(), make_agent, 1);
  const auto forever = [](mesh::Loop& loop) -> mesh::Task<> {
    for (;;) co_await mesh::sleep(loop, std::chrono::minutes(1));
  };
  const auto ran = real.complete(machines.run(forever(machines.world().loop)));
  REQUIRE_FALSE(ran);
  CHECK(ran.error().code == Errc::timeout);
}

TEST_CASE("homes and logs of a simulation can be kept") {
  ScratchFolder folder;
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage&) -> mesh::Task<> { co_return; });
  REQUIRE(exercise.machines.keep(folder.path()));
  CHECK(read_text(folder.path() / "delos" / "home" / "agent.toml").find("[agent]") !=
        std::string::npos);
  CHECK(read_text(folder.path() / "bleu" / "agent.log").find("listens at") != std::string::npos);
}
