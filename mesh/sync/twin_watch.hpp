// Notices that this agent's keys sign elsewhere: by batches in its own name that others bring and
// that it did not sign.
#pragma once

#include <optional>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// What such a batch says, if its signature is good.
enum class OwnName : std::uint8_t {
  ours,       ///< held here, or of an earlier life: a backup may have forgotten it
  beyond,     ///< of the epoch that is being signed, and later than anything signed in it here
  forked,     ///< another one was signed here for this place
  elsewhere,  ///< of another epoch, and younger than this agent's start
};

class TwinWatch {
 public:
  struct Signing {
    std::uint64_t epoch = 0;
    std::uint64_t tail = 0;         ///< the newest sequence signed here in the batch's log
    std::optional<Digest> at_place; ///< id of what is held, or on its way to the disk, there
  };
  /// `started`: when this agent began to sign. Clocks of one machine and of its copy may differ a
  /// little, so what is not clearly younger is taken for an earlier life.
  explicit TwinWatch(WallTime started) : started_(started) {}

  OwnName judge(const BatchHeader& header, const Digest& id, const Signing& signing) const;
  static constexpr Duration clearly_younger = std::chrono::minutes(5);

 private:
  WallTime started_;
};

}  // namespace tocsin::mesh
