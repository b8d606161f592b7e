#include "agents/http/service.hpp"

#include <optional>

namespace tocsin::agents {

namespace {

constexpr std::size_t read_bytes = 16 * 1024;
/// After a refusal the rest of a request is read and dropped, so that the answer is not lost
/// to a reset.
constexpr std::size_t drained_max = 64 * 1024 * 1024;
constexpr Duration drain_max = std::chrono::seconds(2);

class Connection {
 public:
  Connection(HttpService& service, mesh::Stream& stream)
      : service_(service),
        stream_(stream),
        parser_(service.limits.header_max, service.limits.body_max) {}
  ~Connection() { service_.bodies -= held_; }

  mesh::Task<void> run();

 private:
  /// A request, a fault to be answered, or nothing when the connection just ends.
  struct Incoming {
    std::optional<HttpRequest> request;
    std::optional<HttpFault> fault;
  };
  mesh::Task<Incoming> read_request();
  Incoming take();
  /// True once a request is complete or faulty, in `out`.
  bool parse(Incoming& out);
  std::optional<HttpFault> account();
  void release_body();
  mesh::Task<bool> send(HttpResponse response, bool keep_alive, bool head_only);
  mesh::Task<void> refuse(HttpFault fault);

  HttpService& service_;
  mesh::Stream& stream_;
  HttpParser parser_;
  Bytes buffer_;
  Bytes chunk_ = Bytes(read_bytes);
  std::size_t held_ = 0;
};

mesh::Task<void> Connection::run() {
  for (;;) {
    auto incoming = co_await read_request();
    if (incoming.fault) co_await refuse(std::move(*incoming.fault));
    if (!incoming.request || service_.stopped()) co_return;

    ++service_.counters.requests;
    const bool keep_alive = incoming.request->keep_alive;
    const bool head_only = incoming.request->method == "HEAD";
    incoming.request->remote = stream_.remote();
    // Forwarders and firewalls name no origin; a web page that posts here does.
    if (!incoming.request->header("Origin").empty()) {
      auto refusal = http_error(403, "refused", "requests from web pages are not served");
      release_body();
      co_await send(std::move(refusal), false, head_only);
      co_return;
    }
    auto answering = service_.handler->answer(std::move(*incoming.request));
    auto response = co_await answering;
    release_body();
    const bool sent = co_await send(std::move(response), keep_alive, head_only);
    if (!sent || !keep_alive) co_return;
  }
}

mesh::Task<Connection::Incoming> Connection::read_request() {
  Incoming out;
  std::optional<mesh::Instant> deadline;
  bool continued = false;
  for (;;) {
    if (parse(out)) co_return out;
    if (parser_.begun() && !deadline) deadline = service_.clock.now() + service_.limits.request_max;
    if (parser_.expects_continue() && !continued && parser_.body_bytes() == 0) {
      continued = true;
      const auto told = co_await stream_.write(bytes_of("HTTP/1.1 100 Continue\r\n\r\n"),
                                               service_.limits.request_max);
      if (!told) co_return out;
    }

    const auto wait = deadline ? *deadline - service_.clock.now() : service_.limits.idle_max;
    if (wait <= Duration(0)) {
      out.fault = HttpFault{408, "the request took too long"};
      co_return out;
    }
    const auto count = co_await stream_.read_some(chunk_, wait);
    if (!count) {
      if (deadline && count.error().code == Errc::timeout)
        out.fault = HttpFault{408, "the request took too long"};
      co_return out;
    }
    buffer_.insert(buffer_.end(), chunk_.begin(), chunk_.begin() + std::ptrdiff_t(*count));
  }
}

bool Connection::parse(Incoming& out) {
  const auto taken = parser_.feed(buffer_);
  if (!taken) {
    out.fault = taken.error();
    return true;
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + std::ptrdiff_t(*taken));
  if (auto fault = account()) {
    out.fault = std::move(fault);
    return true;
  }
  if (!parser_.done()) return false;
  auto request = parser_.take();
  if (request) out.request = std::move(*request);
  else out.fault = std::move(request.error());
  return true;
}

std::optional<HttpFault> Connection::account() {
  const auto now = parser_.body_bytes();
  service_.bodies += now - held_;
  held_ = now;
  if (service_.bodies <= service_.limits.bodies_max) return {};
  return HttpFault{503, "too many large requests at once; try again"};
}

void Connection::release_body() {
  service_.bodies -= held_;
  held_ = 0;
}

mesh::Task<bool> Connection::send(HttpResponse response, bool keep_alive, bool head_only) {
  const std::string bytes = write_response(response, keep_alive, head_only);
  const auto sent = co_await stream_.write(bytes_of(bytes), service_.limits.request_max);
  co_return sent.has_value();
}

mesh::Task<void> Connection::refuse(HttpFault fault) {
  ++service_.counters.faults[fault.status];
  parser_ = HttpParser(service_.limits.header_max, service_.limits.body_max);
  release_body();
  auto sending = send(http_error(fault.status, "invalid", fault.reason), false, false);
  const bool sent = co_await sending;
  if (!sent) co_return;
  const auto deadline = service_.clock.now() + drain_max;
  for (std::size_t drained = 0; drained < drained_max;) {
    const auto wait = deadline - service_.clock.now();
    if (wait <= Duration(0)) co_return;
    const auto count = co_await stream_.read_some(chunk_, wait);
    if (!count) co_return;
    drained += *count;
  }
}

/// A connection's place, given back whichever way its coroutine ends.
struct Admitted {
  HttpService& service;
  mesh::Stream* stream;
  ~Admitted() { service.leave(stream); }
};

}  // namespace

bool HttpService::admit(mesh::Stream* stream) {
  if (stopped_ || streams_.size() >= limits.connections_max) {
    ++counters.refused_connections;
    return false;
  }
  ++counters.connections;
  streams_.insert(stream);
  return true;
}

void HttpService::leave(mesh::Stream* stream) { streams_.erase(stream); }

void HttpService::stop() {
  stopped_ = true;
  const auto open = std::exchange(streams_, {});
  for (auto* stream : open) stream->close();
}

std::shared_ptr<HttpService> make_http_service(mesh::Clock& clock,
                                               std::shared_ptr<HttpHandler> handler,
                                               HttpLimits limits) {
  return std::make_shared<HttpService>(clock, std::move(handler), limits);
}

mesh::Task<void> serve_http(std::shared_ptr<HttpService> service,
                            std::unique_ptr<mesh::Stream> stream) {
  if (service->admit(stream.get())) {
    const Admitted admitted{*service, stream.get()};
    Connection connection(*service, *stream);
    co_await connection.run();
  } else {
    const std::string full =
        write_response(http_error(503, "full", "too many connections; try again"), false, false);
    co_await stream->write(bytes_of(full), std::chrono::seconds(1));
  }
  stream->close();
}

}  // namespace tocsin::agents
