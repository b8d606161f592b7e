// Which handler answers which path.
#pragma once

#include <map>
#include <memory>

#include "agents/http/server.hpp"

namespace tocsin::agents {

/// Sends each request to the handler of its path: an exact path, or a prefix that ends in '/';
/// the longest wins, others get 404.
class HttpRoutes : public HttpHandler {
 public:
  /// HEAD goes where GET goes. `methods` like {"GET"}; others get 405 with Allow.
  void add(std::string path, std::vector<std::string> methods,
           std::shared_ptr<HttpHandler> handler);
  mesh::Task<HttpResponse> answer(HttpRequest request) override;

 private:
  struct Route {
    std::vector<std::string> methods;
    std::shared_ptr<HttpHandler> handler;
  };
  std::map<std::string, Route> routes_;
};

}  // namespace tocsin::agents
