#include "agents/drill/stage.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

TEST_CASE("what was never shared, imported or started is told by name") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    CHECK(stage.indicator("c2").error().message == "indicator c2 was not shared");
    CHECK(stage.playbook("block").error().message == "playbook block was not imported");
    CHECK(stage.run("first").error().message == "run first was not started");
    stage.indicators["c2"] = {"delos", "id", "evil.example"};
    CHECK(stage.indicator("c2")->value == "evil.example");
    co_return;
  });
}

TEST_CASE("only incidents that hold the indicator are its incidents") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    auto caller = stage.federation.caller("delos");
    json::object args{{"title", "something else"}};
    const auto opened = co_await caller.ask("incident.open", std::move(args));
    CHECK(opened);
    const auto ids = co_await stage.incidents_of(caller, "no such indicator");
    CHECK((ids && ids->empty()));
  });
}

TEST_CASE("a step is found by id, name or owner, or as the only one in a state") {
  const json::object run{
      {"steps",
       {{{"type", "start"}, {"id", "s"}, {"state", "approval"}},
        {{"type", "action"}, {"id", "a"}, {"name", "Block"}, {"owner", "delos"}, {"state", "failed"}},
        {{"type", "action"}, {"id", "b"}, {"name", "Block"}, {"owner", "bleu"}, {"state", "approval"}}}}};
  const auto id = [](const json::object* step) {
    return step ? agents::text_in(*step, "id") : std::string("none");
  };
  CHECK(id(drill::step_in(run, "a", "approval")) == "a");
  CHECK(id(drill::step_in(run, "bleu", "approval")) == "b");
  CHECK(id(drill::step_in(run, "Block", "approval")) == "b");
  CHECK(id(drill::step_in(run, "", "approval")) == "b");
  CHECK(id(drill::step_in(run, "", "refused")) == "none");
  CHECK(id(drill::step_in(run, "s", "approval")) == "none");
}
