// What a measurement asks of the machine itself and the agent never does: whose memory is whose,
// and a page cache that has forgotten a file.
#pragma once

#include "mesh/world/disk.hpp"

namespace tocsin::agents::bench {

struct MemoryUse {
  std::uint64_t anonymous = 0;  ///< bytes that only this process holds
  std::uint64_t mapped = 0;     ///< bytes of files, which the system takes back when it needs them
};
/// Of this process, now. Source: proc(5), /proc/self/status.
Result<MemoryUse> memory_use();

/// Bytes that this process had read from a disk, not from the cache, since its start.
/// Source: proc(5), /proc/self/io.
Result<std::uint64_t> disk_reads();

/// Has the system forget what it holds of a file that is synced and that nobody maps, so that the
/// next read goes to the disk. Errors: not_found, io.
Result<void> drop_cached(const mesh::Path& file);

}  // namespace tocsin::agents::bench
