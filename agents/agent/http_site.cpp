#include "agents/agent/http_site.hpp"

namespace tocsin::agents {
namespace {

class EdlPage : public HttpHandler {
 public:
  explicit EdlPage(Services& services) : services_(services) {}
  mesh::Task<HttpResponse> answer(HttpRequest request) override {
    constexpr std::string_view prefix = "/edl/";
    const auto name = std::string_view(request.path).substr(prefix.size());
    const auto found = services_.actuators.find(name);
    if (found == services_.actuators.end() || found->second->kind() != "edl")
      co_return http_error(404, "not_found", "no such list");
    HttpResponse page;
    page.body = found->second->content();
    page.headers.emplace_back("Cache-Control", "no-store");
    co_return page;
  }

 private:
  Services& services_;
};

class HealthPage : public HttpHandler {
 public:
  explicit HealthPage(Services& services) : services_(services) {}
  mesh::Task<HttpResponse> answer(HttpRequest) override {
    json::object health{{"org", services_.org()},
                        {"ok", services_.share_failures == 0},
                        {"version", TOCSIN_VERSION}};
    co_return http_json(200, json::serialize(health));
  }

 private:
  Services& services_;
};

}  // namespace

std::shared_ptr<HttpHandler> make_site(Services& services) {
  auto routes = std::make_shared<HttpRoutes>();
  routes->add("/edl/", {"GET"}, std::make_shared<EdlPage>(services));
  routes->add("/health", {"GET"}, std::make_shared<HealthPage>(services));
  return routes;
}

}  // namespace tocsin::agents
