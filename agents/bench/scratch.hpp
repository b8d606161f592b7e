// A folder on this machine's disk for the stores of one measurement, gone afterwards.
#pragma once

#include "mesh/world/disk.hpp"
#include "mesh/world/world.hpp"

namespace tocsin::agents::bench {

/// Below the system's folder for temporary files (TMPDIR). Where that lies in memory, figures with
/// fsync say nothing. Lifetime: `disk` outlives it.
class Scratch {
 public:
  /// Errors: io.
  static Result<Scratch> make(mesh::World& world);
  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  const mesh::Path& folder() const { return folder_; }

 private:
  Scratch(mesh::Disk& disk, mesh::Path folder) : disk_(&disk), folder_(std::move(folder)) {}
  mesh::Disk* disk_;
  mesh::Path folder_;
};

}  // namespace tocsin::agents::bench
