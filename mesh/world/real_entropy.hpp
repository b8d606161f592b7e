// Randomness of the operating system.
#pragma once

#include "crypto/entropy.hpp"

namespace tocsin::mesh {

class RealEntropy final : public Entropy {
 public:
  RealEntropy();
  void fill(MutableByteView out) override;
};

}  // namespace tocsin::mesh
