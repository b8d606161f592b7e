#include "agents/http/server.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

namespace {

struct Hello final : HttpHandler {
  mesh::Task<HttpResponse> answer(HttpRequest) override {
    co_return HttpResponse{200, "text/plain", "hello", {}};
  }
};

}  // namespace

TEST_CASE("a server answers those who connect until it is destroyed") {
  MemoryWorld memory;
  auto server = HttpServer::listen(memory.world, {"127.0.0.1:80"}, std::make_shared<Hello>());
  REQUIRE(server.has_value());
  CHECK((*server)->address().text == "127.0.0.1:80");

  auto client = memory.network.client("127.0.0.1:80");
  client.send("GET / HTTP/1.1\r\n\r\n");
  memory.loop.settle();
  CHECK(client.received().ends_with("hello"));
  CHECK((*server)->counters().requests == 1);

  server->reset();
  memory.loop.settle();
  CHECK(client.closed());
  CHECK(memory.loop.tasks() == 0);
}
