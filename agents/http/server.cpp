#include "agents/http/server.hpp"

#include "agents/http/service.hpp"

namespace tocsin::agents {

namespace {

constexpr Duration accept_retry = std::chrono::milliseconds(100);

mesh::Task<void> accept_all(mesh::Loop& loop, std::shared_ptr<mesh::Listener> listener,
                            std::shared_ptr<HttpService> service) {
  for (;;) {
    auto stream = co_await listener->accept();
    if (service->stopped()) co_return;
    if (stream) {
      loop.spawn(serve_http(service, std::move(*stream)));
      continue;
    }
    if (stream.error().code == Errc::closed) co_return;
    co_await mesh::sleep(loop, accept_retry);  // Out of descriptors: others will end.
  }
}

class ListeningServer final : public HttpServer {
 public:
  ListeningServer(mesh::World& world, std::unique_ptr<mesh::Listener> listener,
                  std::shared_ptr<HttpHandler> handler, HttpLimits limits)
      : listener_(std::move(listener)),
        service_(make_http_service(world.clock, std::move(handler), limits)) {
    world.loop.spawn(accept_all(world.loop, listener_, service_));
  }
  ~ListeningServer() override {
    service_->stop();
    listener_->close();
  }
  mesh::Address address() const override { return listener_->address(); }
  const HttpCounters& counters() const override { return service_->counters; }

 private:
  std::shared_ptr<mesh::Listener> listener_;  ///< shared with the coroutine that accepts
  std::shared_ptr<HttpService> service_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(mesh::World& world, mesh::Address at,
                                                       std::shared_ptr<HttpHandler> handler,
                                                       HttpLimits limits) {
  auto listener = world.network.listen(std::move(at));
  if (!listener) return std::unexpected(std::move(listener.error()));
  return std::make_unique<ListeningServer>(world, std::move(*listener), std::move(handler),
                                           limits);
}

}  // namespace tocsin::agents
