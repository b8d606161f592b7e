#include "agents/http/routes.hpp"

#include <algorithm>

namespace tocsin::agents {

namespace {

std::string joined(const std::vector<std::string>& methods) {
  std::string out;
  for (const auto& method : methods) out += (out.empty() ? "" : ", ") + method;
  return out;
}

}  // namespace

void HttpRoutes::add(std::string path, std::vector<std::string> methods,
                     std::shared_ptr<HttpHandler> handler) {
  if (std::ranges::find(methods, "GET") != methods.end()) methods.push_back("HEAD");
  routes_[std::move(path)] = {std::move(methods), std::move(handler)};
}

mesh::Task<HttpResponse> HttpRoutes::answer(HttpRequest request) {
  const Route* route = nullptr;
  if (const auto exact = routes_.find(request.path); exact != routes_.end())
    route = &exact->second;
  std::string_view path = request.path;
  while (route == nullptr && !path.empty()) {
    if (path.ends_with('/')) {
      const auto prefix = routes_.find(std::string(path));
      if (prefix != routes_.end()) route = &prefix->second;
    }
    path.remove_suffix(1);
  }
  if (route == nullptr) co_return http_error(404, "not_found", "nothing is served here");
  if (std::ranges::find(route->methods, request.method) == route->methods.end()) {
    auto refusal = http_error(405, "usage", "this path takes " + joined(route->methods));
    refusal.headers.emplace_back("Allow", joined(route->methods));
    co_return refusal;
  }
  auto answering = route->handler->answer(std::move(request));
  auto response = co_await answering;
  co_return response;
}

}  // namespace tocsin::agents
