#include "agents/agent/run_driver.hpp"

#include "tests/agents/agent/desk.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::playbooks;
using namespace std::chrono_literals;
using tests::code;
using tests::AgentDesk;
using tests::Desks;

namespace {

struct Rig : Desks {
  Rig() { delos().start(); }
  RunDriver& driver() { return *delos().driver; }
  std::string list() { return delos().services().actuators.at("edl")->content(); }
  EffectOrder order(std::string value) {
    return {EffectId{{7}}, {mesh::IndicatorType::domain, std::move(value)},
            delos().services().now() + 1h, {mesh::Tlp::green, mesh::Pap::green}};
  }
  static mesh::Task<> wait_for(RunDriver& driver, Actions actions,
                               std::optional<Result<void>>& out) {
    auto performing = driver.perform_and_wait(std::move(actions));
    auto done = co_await std::move(performing);
    out.emplace(std::move(done));
  }
  std::optional<Result<void>> perform_and_wait(Actions actions) {
    std::optional<Result<void>> out;
    delos().world().loop.spawn(wait_for(driver(), std::move(actions), out));
    CHECK(until([&] { return out.has_value(); }));
    return out;
  }
  PublishRecord record(mesh::Audience audience) {
    auto draft = delos().indicator("evil.example");
    return {draft.kind, draft.marking, std::move(audience), std::move(draft.record), true};
  }
};

}  // namespace

TEST_CASE("an effect is done and undone at the actuator that it names") {
  Rig rig;
  rig.driver().perform({DoEffect{{}, "edl", rig.order("evil.example")}});
  CHECK(rig.list().find("evil.example") != std::string::npos);
  rig.driver().perform({UndoEffect{{}, "rpz", EffectId{{7}}}});
  CHECK(rig.list().find("evil.example") != std::string::npos);
  rig.driver().perform({UndoEffect{{}, "edl", EffectId{{7}}}});
  CHECK(rig.list().find("evil.example") == std::string::npos);
}

TEST_CASE("an effect at an actuator that is not there harms nothing") {
  Rig rig;
  rig.driver().perform({DoEffect{{}, "firewall", rig.order("evil.example")},
                        ProbeEffect{{}, "firewall", EffectId{{7}}},
                        UndoEffect{{}, "firewall", EffectId{{7}}},
                        DoEffect{{}, "edl", rig.order("other.example")}});
  CHECK(rig.list().find("evil.example") == std::string::npos);
  CHECK(rig.list().find("other.example") != std::string::npos);
}

TEST_CASE("a record is published, and whoever waits hears when it is durable or why not") {
  Rig rig;
  auto good = rig.record({true, {}, {}});
  const auto id = crypto::blake2b(good.record);
  const auto done = rig.perform_and_wait({std::move(good)});
  REQUIRE(done.has_value());
  CHECK(code(*done) == "none");
  CHECK(rig.delos().node->find(id)->has_value());
  const auto refused = rig.perform_and_wait({rig.record({})});
  REQUIRE(refused.has_value());
  CHECK(code(*refused) == "marking");
  CHECK(code(*rig.perform_and_wait({})) == "none");
}

TEST_CASE("while the store is replayed nothing is performed") {
  Rig rig;
  rig.driver().hold();
  auto draft = rig.record({true, {}, {}});
  const auto id = crypto::blake2b(draft.record);
  rig.driver().perform({DoEffect{{}, "edl", rig.order("evil.example")}, std::move(draft)});
  rig.pass(1s);
  CHECK(rig.list().find("evil.example") == std::string::npos);
  CHECK_FALSE(rig.delos().node->find(id)->has_value());
  rig.driver().resume();
  rig.driver().perform({DoEffect{{}, "edl", rig.order("evil.example")}});
  CHECK(rig.list().find("evil.example") != std::string::npos);
}

TEST_CASE("what people should know of a run goes to those who watch") {
  Rig rig;
  struct Lines final : LineSink {
    mesh::Task<Result<void>> line(json::object line) override {
      if (!line.empty()) seen.push_back(std::move(line));
      co_return Result<void>{};
    }
    std::vector<json::object> seen;
  } lines;
  auto watching = [](WatchHub& hub, LineSink& sink) -> mesh::Task<> {
    auto streaming = hub.stream({.kinds = {"run"}, .after = {}, .since = "1h"}, sink);
    (void)co_await std::move(streaming);
  };
  rig.driver().perform({Notify{{}, "step-1", "waits for two signatures"}});
  rig.delos().services().tasks.spawn(watching(rig.delos().services().watch, lines));
  rig.pass(100ms);
  REQUIRE(lines.seen.size() == 1);
  CHECK(lines.seen[0].at("text").as_string() == "waits for two signatures");
  CHECK(lines.seen[0].at("step").as_string() == "step-1");
  rig.delos().services().tasks.clear();
}

TEST_CASE("an effect that is unknown, or named by nothing, is not found") {
  Rig rig;
  CHECK(code(rig.driver().find_effect("abcd")) == "not_found");
  CHECK(code(rig.driver().find_effect("")) == "not_found");
}
