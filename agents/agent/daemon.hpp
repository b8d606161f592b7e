// The agent as a process: opens its home and store, joins the mesh, and serves until told to
// stop.
#pragma once

#include <functional>

#include "agents/home/home.hpp"
#include "mesh/store/open_store.hpp"

namespace tocsin::agents {

struct DaemonOptions {
  Path home;
  Path config;  ///< empty: HOME/agent.toml
  Passphrase passphrase;
  mesh::OpenStore open_store = mesh::open_lmdb_store;
  bool mend = false;  ///< as NodeOptions::mend; runs and their effects stay on hold
};

/// One agent. Lifetime: `world` outlives it.
class Daemon {
 public:
  /// Starts everything; the caller runs the loop. `stop` is called once the agent must end: on
  /// request, or because its store failed. Errors: not_found, unauthenticated, refused (another
  /// agent runs on this home, or a production charter with unprotected keys), io, invalid.
  static Result<std::unique_ptr<Daemon>> start(mesh::World& world, DaemonOptions options,
                                               std::function<void(Result<void>)> stop);
  ~Daemon();

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::agents
