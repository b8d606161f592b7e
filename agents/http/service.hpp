// Serves HTTP connections, whatever made their streams: what all of them share, and the coroutine
// that serves one.
#pragma once

#include <set>

#include "agents/http/parser.hpp"
#include "agents/http/server.hpp"

namespace tocsin::agents {

class HttpService {
 public:
  HttpService(mesh::Clock& clock, std::shared_ptr<HttpHandler> handler, HttpLimits limits)
      : clock(clock), handler(std::move(handler)), limits(limits) {}

  /// False when there are connections_max already, or it was stopped.
  bool admit(mesh::Stream* stream);
  void leave(mesh::Stream* stream);
  /// Closes every connection; none is admitted any more.
  void stop();
  bool stopped() const { return stopped_; }

  mesh::Clock& clock;
  std::shared_ptr<HttpHandler> handler;
  HttpLimits limits;
  HttpCounters counters;
  std::size_t bodies = 0;  ///< bytes of bodies that are held now

 private:
  std::set<mesh::Stream*> streams_;
  bool stopped_ = false;
};

}  // namespace tocsin::agents
