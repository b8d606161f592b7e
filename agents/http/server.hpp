// A small HTTP/1.1 server on the World's streams, for SIEM inputs, block lists and health.
#pragma once

#include <map>
#include <memory>

#include "agents/http/message.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents {

/// Answers requests; one call at a time per connection, many connections at once. An answer may
/// take as long as it needs (back-pressure); the client waits.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual mesh::Task<HttpResponse> answer(HttpRequest request) = 0;
};

struct HttpLimits {
  std::size_t header_max = 16 * 1024;
  std::size_t body_max = 32 * 1024 * 1024;
  std::size_t bodies_max = 256 * 1024 * 1024;  ///< all connections together; beyond: 503
  std::size_t connections_max = 512;           ///< beyond: 503 and closed
  Duration request_max = std::chrono::seconds(10);  ///< first byte to last; also for the answer
  Duration idle_max = std::chrono::seconds(60);     ///< between requests
};

struct HttpCounters {
  std::uint64_t requests = 0, connections = 0, refused_connections = 0;
  std::map<int, std::uint64_t> faults;  ///< by status: what never reached a handler
};

class HttpServer {
 public:
  /// Listens and serves until destroyed. Connections under way keep `handler` alive. Lifetime:
  /// `world` outlives its loop's tasks. Errors: as Network::listen.
  static Result<std::unique_ptr<HttpServer>> listen(mesh::World& world, mesh::Address at,
                                                    std::shared_ptr<HttpHandler> handler,
                                                    HttpLimits limits = {});
  virtual ~HttpServer() = default;  ///< closes the listener and every connection
  virtual mesh::Address address() const = 0;
  virtual const HttpCounters& counters() const = 0;
};

/// Serves one connection until it ends; what the server does for each that it accepts.
class HttpService;
mesh::Task<void> serve_http(std::shared_ptr<HttpService> service,
                            std::unique_ptr<mesh::Stream> stream);
std::shared_ptr<HttpService> make_http_service(mesh::Clock& clock,
                                               std::shared_ptr<HttpHandler> handler,
                                               HttpLimits limits = {});

}  // namespace tocsin::agents
