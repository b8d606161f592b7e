// Gives pages of a mapped file back once they were read through, so that a full pass over the
// store does not stay in the agent's memory.
#pragma once

#include "crypto/bytes.hpp"

namespace tocsin::mesh {

/// Collects what was read of one mapping. Releasing is a hint: reading it again is always right.
class MappedPages {
 public:
  void add(ByteView read);
  void release();

 private:
  std::vector<ByteView> read_;
};

}  // namespace tocsin::mesh
