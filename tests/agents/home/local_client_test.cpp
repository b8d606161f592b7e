#include "agents/home/local_client.hpp"

#include "tests/agents/home/homes.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;
using tests::code;

namespace {

struct Rig {
  MemoryWorld memory;
  std::pair<std::unique_ptr<MemoryStream>, Client> ends = stream_pair(memory.loop);
  Client& agent = ends.second;
  LocalClient client{std::move(ends.first)};
  std::optional<Result<Reply>> got;
  ~Rig() { memory.loop.destroy_tasks(); }

  static mesh::Task<void> ask(Rig& rig) {
    auto task = rig.client.call("agent.status", {{"full", true}});
    auto reply = co_await std::move(task);
    rig.got.emplace(std::move(reply));
  }
  static mesh::Task<void> wait(Rig& rig) {
    auto task = rig.client.receive();
    auto reply = co_await std::move(task);
    rig.got.emplace(std::move(reply));
  }
  void call() {
    memory.loop.spawn(ask(*this));
    memory.loop.settle();
  }
  void answer(std::string_view text) {
    ByteWriter frame;
    frame.blob32(bytes_of(text));
    agent.send(text_of(frame.bytes()));
    memory.loop.settle();
  }
};

mesh::Task<void> connect(mesh::Network& network, mesh::Path socket, std::string& out) {
  auto task = LocalClient::connect(network, std::move(socket));
  const auto client = co_await std::move(task);
  out = client ? "connected" : code(client.error()) + ": " + client.error().hint;
}

}  // namespace

TEST_CASE("a call sends verb and arguments, and gives back the answer") {
  Rig rig;
  rig.call();
  const auto sent = rig.agent.received();
  CHECK(sent.substr(4) == R"({"verb":"agent.status","args":{"full":true}})");
  CHECK_FALSE(rig.got.has_value());
  rig.answer(R"({"ok":true,"result":{"n":7}})");
  REQUIRE(rig.got.has_value());
  REQUIRE(rig.got->has_value());
  CHECK((*rig.got)->ok);
  CHECK((*rig.got)->exit == 0);
  CHECK((*rig.got)->result.at("n").as_int64() == 7);
}

TEST_CASE("an error of the agent is an answer, with its code, hint and exit code") {
  const auto reply = read_reply(
      R"({"ok":false,"exit":5,"error":{"code":"refused","message":"no","hint":"ask"}})");
  REQUIRE(reply);
  CHECK_FALSE(reply->ok);
  CHECK(reply->exit == 5);
  CHECK(reply->code == "refused");
  CHECK(reply->message == "no");
  CHECK(reply->hint == "ask");
  CHECK(read_reply(R"({"ok":false})")->exit == 1);
}

TEST_CASE("the lines of a stream say that more follows") {
  const auto line = read_reply(R"({"ok":true,"line":{"n":1}})");
  REQUIRE(line);
  CHECK(line->more);
  CHECK(line->result.at("n").as_int64() == 1);
  CHECK_FALSE(read_reply(R"({"ok":true,"result":{}})")->more);
}

TEST_CASE("what is no answer is invalid") {
  for (const auto* text : {"", "[]", "{}", R"({"ok":"yes"})", R"({"ok":true)"})
    CHECK(code(read_reply(text)) == "invalid");
  Rig rig;
  rig.call();
  rig.answer("nonsense");
  REQUIRE(rig.got.has_value());
  CHECK(code(*rig.got) == "invalid");
}

TEST_CASE("an agent that goes away is unreachable, with a word on how to start it") {
  Rig rig;
  rig.call();
  rig.agent.finish();
  rig.memory.loop.settle();
  REQUIRE(rig.got.has_value());
  CHECK(code(*rig.got) == "unreachable");
  CHECK(rig.got->error().hint.find("tocsin agent run") != std::string::npos);
}

TEST_CASE("an agent that does not answer is waited for, and no longer than the bound") {
  Rig rig;
  rig.memory.loop.spawn(Rig::wait(rig));
  rig.memory.loop.advance(LocalClient::answer_wait_max - 1s);
  CHECK_FALSE(rig.got.has_value());
  rig.memory.loop.advance(1s);
  REQUIRE(rig.got.has_value());
  CHECK(code(*rig.got) == "timeout");
}

TEST_CASE("a home without a running agent is unreachable, and says how to start one") {
  Homes homes;
  std::string out;
  auto& network = homes.world.network;
  homes.world.loop.spawn(connect(network, "/bleu/agent.sock", out));
  REQUIRE(homes.universe.run_while_not([&] { return !out.empty(); }, 10s));
  CHECK(out == "unreachable: start it with `tocsin agent run --home /bleu`");
  const auto listener = network.listen({"unix:/bleu/agent.sock"});
  REQUIRE(listener);
  out.clear();
  homes.world.loop.spawn(connect(network, "/bleu/agent.sock", out));
  REQUIRE(homes.universe.run_while_not([&] { return !out.empty(); }, 10s));
  CHECK(out == "connected");
  homes.machine.crash();
}
