#include "agents/agent/verbs.hpp"

#include "tests/agents/agent/counter.hpp"

using namespace tocsin;
using tests::Counter;

TEST_CASE("a drill cuts a partner off and joins it again") {
  Counter counter;
  counter.start_both();
  auto& delos = counter.delos();
  counter.serve(delos);
  counter.call(delos, "drill.cut", {{"org", "bleu"}, {"down", true}});
  CHECK_FALSE(delos.node->reachable("bleu"));
  counter.pass(std::chrono::seconds(5));
  CHECK_FALSE(delos.node->reachable("bleu"));
  counter.call(delos, "drill.cut", {{"org", "bleu"}, {"down", false}});
  CHECK(counter.until([&] { return delos.node->reachable("bleu"); }));
}

TEST_CASE("a drill cuts only a partner of this federation") {
  Counter counter;
  counter.delos().start();
  counter.serve(counter.delos());
  for (const auto* org : {"delos", "acme"}) {
    const auto reply = counter.reply(counter.delos(), "drill.cut", {{"org", org}, {"down", true}});
    CHECK(reply.code == "usage");
    CHECK(reply.exit == 2);
  }
  CHECK(counter.reply(counter.delos(), "drill.cut").code == "usage");
}

TEST_CASE("under a charter for production there is no such verb") {
  Counter counter;
  counter.delos().home.open.charter->body.exercise = false;
  counter.delos().start();
  counter.serve(counter.delos());
  const auto reply =
      counter.reply(counter.delos(), "drill.cut", {{"org", "bleu"}, {"down", true}});
  CHECK_FALSE(reply.ok);
  CHECK(reply.message.find("drill.cut") != std::string::npos);
  CHECK(counter.reply(counter.delos(), "effect.list").ok);
}
