// What the agent shows over HTTP: block lists for firewalls to poll, and its health.
#pragma once

#include "agents/agent/services.hpp"
#include "agents/http/routes.hpp"
#include "agents/http/server.hpp"

namespace tocsin::agents {

/// `GET /edl/NAME` (one value a line) and `GET /health`. Lifetime: `services` outlives the
/// handler.
std::shared_ptr<HttpHandler> make_site(Services& services);

}  // namespace tocsin::agents
