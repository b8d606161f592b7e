// Lets many simulated disks share one copy of what all of them hold.
#pragma once

#include <memory>
#include <unordered_map>

#include "crypto/digest.hpp"

namespace tocsin::mesh {

/// Equal bytes are kept once, for as long as somebody holds them. On one thread only.
class BytesPool {
 public:
  /// The copy that is held already, or `bytes` from now on.
  std::shared_ptr<const Bytes> shared(std::shared_ptr<const Bytes> bytes);
  std::size_t size() const { return held_.size(); }

  /// What nobody holds any more is swept out once so many came since the last sweep.
  static constexpr std::size_t sweep_every = 65536;

 private:
  std::unordered_map<Digest, std::weak_ptr<const Bytes>, PrefixHash<Digest>> held_;
  std::size_t came_ = 0;
};

}  // namespace tocsin::mesh
