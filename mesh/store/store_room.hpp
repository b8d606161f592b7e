// Asks a store whether something fits before anything is said about it: a batch that was signed or
// judged and then not kept would leave a hole.
#pragma once

#include "mesh/store/store.hpp"

namespace tocsin::mesh {

/// Keeps room for one batch of `batch_bytes`: the next append of at most that much is not answered
/// with `full`. A store that failed promises everything, and says why in its answer. What concerns
/// trust is `vital` and has a reserve: a revocation must not wait for a compaction.
/// Errors: full.
Result<void> promise_room(Store& store, std::size_t batch_bytes, bool vital = false);

/// True while what was refused last would not fit either, and where hardly anything would. Looks
/// at the disk anew once a second.
bool is_store_full(Store& store);

}  // namespace tocsin::mesh
