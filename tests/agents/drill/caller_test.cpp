#include "agents/drill/caller.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

TEST_CASE("an agent answers, and refuses with its own code") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    auto caller = stage.federation.caller("delos");
    const auto status = co_await caller.ask("agent.status", json::object{});
    CHECK((status && agents::text_in(*status, "org") == "delos"));
    json::object args{{"id", "aaaa"}};
    const auto shown = co_await caller.ask("ioc.show", std::move(args));
    CHECK((!shown && shown.error().code == Errc::not_found));
  });
}

TEST_CASE("a caller outlives the agent that it asks") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    auto caller = stage.federation.caller("bleu");
    const auto before = co_await caller.ask("agent.status", json::object{});
    CHECK(before);
    const auto killed = co_await stage.federation.kill("bleu");
    CHECK(killed);
    const auto during = co_await caller.ask("agent.status", json::object{});
    CHECK((!during && during.error().code == Errc::unreachable));
    const auto started = co_await stage.federation.start("bleu");
    CHECK(started);
    const auto after = co_await caller.ask("agent.status", json::object{});
    CHECK(after);
  });
}
