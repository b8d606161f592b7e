#include "agents/http/routes.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

namespace {

struct Named final : HttpHandler {
  explicit Named(std::string name) : name(std::move(name)) {}
  std::string name;
  mesh::Task<HttpResponse> answer(HttpRequest) override {
    co_return HttpResponse{200, "text/plain", name, {}};
  }
};

mesh::Task<void> ask(HttpRoutes& routes, HttpRequest request, HttpResponse& out) {
  auto answering = routes.answer(std::move(request));
  out = co_await answering;
}

}  // namespace

TEST_CASE("the longest route wins, a wrong method is told what is allowed") {
  MemoryWorld memory;
  HttpRoutes routes;
  routes.add("/edl/", {"GET"}, std::make_shared<Named>("list"));
  routes.add("/edl/special", {"GET"}, std::make_shared<Named>("special"));
  routes.add("/", {"POST"}, std::make_shared<Named>("root"));
  const auto response = [&](std::string method, std::string path) {
    HttpRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    HttpResponse out;
    memory.loop.spawn(ask(routes, request, out));
    return out;
  };
  CHECK(response("GET", "/edl/main").body == "list");
  CHECK(response("HEAD", "/edl/main").status == 200);
  CHECK(response("GET", "/edl/special").body == "special");
  CHECK(response("POST", "/else").body == "root");
  const auto refused = response("DELETE", "/edl/main");
  CHECK(refused.status == 405);
  CHECK(refused.headers.at(0).second == "GET, HEAD");
}

TEST_CASE("a path without a route is not found") {
  MemoryWorld memory;
  HttpRoutes routes;
  routes.add("/health", {"GET"}, std::make_shared<Named>("ok"));
  HttpRequest request;
  request.method = "GET";
  request.path = "/healthy";
  HttpResponse out;
  memory.loop.spawn(ask(routes, request, out));
  CHECK(out.status == 404);
}
