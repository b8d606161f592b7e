// A small drill for tests: two operators with the real agents on simulated machines, in virtual
// time.
#pragma once

#include <functional>

#include <fmt/format.h>

#include "agents/agent/daemon.hpp"
#include "agents/drill/runner.hpp"
#include "agents/drill/scenario_file.hpp"
#include "agents/drill/simulated_machines.hpp"
#include "mesh/world/real_world.hpp"
#include "tests/source_root.hpp"

namespace tocsin::tests {

namespace drill = agents::drill;
using namespace std::chrono_literals;

inline Result<drill::RunningAgent> make_agent(mesh::World& world, drill::AgentOptions options) {
  auto daemon = agents::Daemon::start(
      world, {std::move(options.home), {}, {}, std::move(options.open_store)},
      std::move(options.stop));
  if (!daemon) return std::unexpected(daemon.error());
  return drill::RunningAgent(std::move(*daemon));
}

inline constexpr std::string_view two_operators = R"(
title = "Two operators"
seconds = 100
[[org]]
id = "delos"
name = "Delos"
country = "DE"
role = "operator"
own = ["192.0.2.0/25"]
lists = ["warninglists/cloud-exercise/list.json"]
[[org]]
id = "bleu"
name = "Bleu"
country = "FR"
role = "operator"
own = ["192.0.2.128/25"]
)";

/// Lifetime: of a test case. Played once.
class Exercise {
 public:
  using Body = std::function<mesh::Task<>(drill::Stage&)>;

  /// `events` are the [[event]] sections; files are those of the library that ships.
  explicit Exercise(std::string_view events, std::uint64_t seed = 1)
      : machines(outside.world(), make_agent, seed),
        timeline(machines.world().clock, {}, false) {
    outside.log().set_level(mesh::Level::error);
    auto read = drill::read_scenario(std::string(two_operators) + std::string(events), "test",
                                     source_root() / "playbooks" / "library");
    if (!read.faults.empty())
      FAIL("line " << read.faults.front().line << ": " << read.faults.front().what);
    scenario = std::move(read.scenario);
  }

  const drill::Inject& inject(std::size_t number, std::size_t event = 0) const {
    return scenario.events.at(event).injects.at(number);
  }
  const drill::Expectation& expectation(std::size_t number) const {
    return scenario.events.at(0).expectations.at(number);
  }

  /// Founds and starts the federation, performs `body`, and stops all.
  void play(Body body) {
    std::optional<Error> error;
    auto ran = outside.complete(machines.run(story(*this, std::move(body), error)));
    if (ran && error) ran = std::unexpected(*error);
    if (!ran) FAIL(ran.error().message);
  }

  mesh::RealWorld outside;
  drill::Scenario scenario;
  drill::SimulatedMachines machines;
  drill::Timeline timeline;

 private:
  static mesh::Task<> story(Exercise& self, Body body, std::optional<Error>& error) {
    auto federation = drill::Federation::found(self.machines, self.scenario);
    if (!federation) {
      error = federation.error();
      co_return;
    }
    const auto started = co_await (*federation)->start_all();
    if (!started) {
      error = started.error();
      co_return;
    }
    drill::Pulse pulse(self.machines, **federation);
    self.timeline.begin();
    drill::Stage stage{self.machines.world(), self.scenario, **federation, self.timeline, pulse};
    auto task = body(stage);
    co_await task;
    co_await (*federation)->stop_all();
  }
};

/// An event that nothing is done in, for tests that act by themselves.
inline constexpr std::string_view nothing_happens = R"(
[[event]]
at = 1
title = "Nothing"
[[event.expect]]
kind = "linked"
text = "linked"
within = 1
org = "delos"
to = "bleu"
)";

}  // namespace tocsin::tests
