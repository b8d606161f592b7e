#include "mesh/store/bytes_pool.hpp"

namespace tocsin::mesh {

std::shared_ptr<const Bytes> BytesPool::shared(std::shared_ptr<const Bytes> bytes) {
  if (++came_ >= sweep_every) {
    came_ = 0;
    std::erase_if(held_, [](const auto& entry) { return entry.second.expired(); });
  }
  auto& held = held_[crypto::blake2b(*bytes)];
  if (auto same = held.lock()) return same;
  held = bytes;
  return bytes;
}

}  // namespace tocsin::mesh
