// How an agent's store is opened: on the disk by LMDB, or in memory for a simulated agent. Whoever
// starts the agent chooses.
#pragma once

#include <functional>

#include "mesh/store/store.hpp"

namespace tocsin::mesh {

/// Errors: those of open_lmdb_store.
using OpenStore = std::function<Result<std::unique_ptr<Store>>(World&, StoreOptions)>;

}  // namespace tocsin::mesh
