#include "mesh/world/real_entropy.hpp"

#include <sodium.h>

namespace tocsin::mesh {

RealEntropy::RealEntropy() { TOCSIN_ASSERT(sodium_init() >= 0); }

void RealEntropy::fill(MutableByteView out) { randombytes_buf(out.data(), out.size()); }

}  // namespace tocsin::mesh
