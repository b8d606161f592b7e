// Key files under a passphrase for tests, at the lower price of the two.
#pragma once

#include "tests/agents/home/homes.hpp"

namespace tocsin::tests {

inline void write_locked(Homes& homes, const Path& file, const crypto::KeyRing& ring,
                         std::string_view passphrase) {
  const auto locked = ring.lock(passphrase, homes.entropy, crypto::KeyRing::Cost::interactive);
  REQUIRE(homes.disk.write_atomic(file, locked, mesh::FileMode::secret).has_value());
}

}  // namespace tocsin::tests
