#include "agents/drill/pulse.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

namespace {

mesh::Task<> share(drill::Stage& stage, std::string org, std::string value) {
  auto caller = stage.federation.caller(org);
  json::object args{{"type", "domain"}, {"value", value}, {"tlp", "green"}};
  const auto added = co_await caller.ask("ioc.add", std::move(args));
  CHECK(added);
}

}  // namespace

TEST_CASE("who waits is told of a change at once, and else after the longest wait") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    // What the start has set off comes to rest.
    co_await mesh::sleep(stage.world.loop, 5s);
    const auto quiet = stage.pulse.beats();
    const auto begun = stage.world.clock.now();
    co_await stage.pulse.wait(quiet, 200ms);
    CHECK(stage.world.clock.now() - begun == 200ms);
    CHECK(stage.pulse.beats() == quiet);

    const auto shared = stage.world.clock.now();
    auto task = share(stage, "delos", "one.example");
    co_await task;
    co_await stage.pulse.wait(quiet, 10s);
    CHECK(stage.world.clock.now() - shared < 100ms);
    CHECK(stage.pulse.beats() > quiet);
  });
}

TEST_CASE("an agent that has started anew is listened to again") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    const auto cut = co_await stage.federation.set_link("delos", "bleu", true);
    CHECK(cut);
    const auto killed = co_await stage.federation.kill("bleu");
    CHECK(killed);
    const auto started = co_await stage.federation.start("bleu");
    CHECK(started);
    co_await mesh::sleep(stage.world.loop, 5s);
    const auto before = stage.pulse.beats();
    auto task = share(stage, "bleu", "two.example");
    co_await task;
    co_await mesh::sleep(stage.world.loop, 100ms);
    CHECK(stage.pulse.beats() > before);
  });
}
