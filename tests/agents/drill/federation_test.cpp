#include "agents/drill/federation.hpp"

#include "tests/agents/drill/exercise.hpp"

using namespace tocsin;
using namespace tocsin::tests;
namespace json = boost::json;

namespace {

mesh::Task<std::string> link_state(drill::Stage& stage, std::string org) {
  auto caller = stage.federation.caller(org);
  const auto listed = co_await caller.ask("peer.list", json::object{});
  if (!listed) co_return listed.error().message;
  const auto peers = agents::objects_in(*listed, "peers");
  co_return peers.empty() ? "none" : agents::text_in(*peers.front(), "state");
}

}  // namespace

TEST_CASE("once a federation is started its agents answer and are linked") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    const std::vector<std::string> orgs{"delos", "bleu"};
    CHECK(stage.federation.orgs() == orgs);
    for (const auto& org : orgs) {
      const auto state = co_await link_state(stage, org);
      CHECK(state == "connected");
      CHECK(stage.federation.input(org, "hec").has_value());
      CHECK(stage.federation.http(org).starts_with("127.0.0.1:"));
    }
    CHECK(stage.federation.input("delos", "carrier-pigeon").error().code == Errc::not_found);
  });
}

TEST_CASE("an agent that was killed does not run, and cannot be killed again") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    const auto killed = co_await stage.federation.kill("delos");
    CHECK(killed);
    CHECK_FALSE(stage.federation.machine("delos").running());
    const auto again = co_await stage.federation.kill("delos");
    CHECK((!again && again.error().code == Errc::not_found));
  });
}

TEST_CASE("a cable that was pulled stays so when the agent starts anew, until it is mended") {
  Exercise exercise(nothing_happens);
  exercise.play([](drill::Stage& stage) -> mesh::Task<> {
    const auto cut = co_await stage.federation.set_link("delos", "bleu", true);
    CHECK(cut);
    const auto killed = co_await stage.federation.kill("bleu");
    CHECK(killed);
    const auto started = co_await stage.federation.start("bleu");
    CHECK(started);
    co_await mesh::sleep(stage.world.loop, 10s);
    const auto down = co_await link_state(stage, "bleu");
    CHECK(down != "connected");
    const auto mended = co_await stage.federation.set_link("bleu", "delos", false);
    CHECK(mended);
    co_await mesh::sleep(stage.world.loop, 10s);
    const auto up = co_await link_state(stage, "bleu");
    CHECK(up == "connected");
  });
}
