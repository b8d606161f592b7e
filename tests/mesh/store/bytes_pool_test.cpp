#include "mesh/store/bytes_pool.hpp"

#include "mesh/store/memory_medium.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

std::shared_ptr<const Bytes> bytes(std::uint8_t first) {
  return std::make_shared<const Bytes>(Bytes{first, 2, 3});
}

BatchWrite write_of(std::shared_ptr<const Bytes> encoded) {
  BatchWrite out;
  out.placed.batch.log.epoch = 1;
  out.placed.batch.sequence = 1;
  out.placed.batch.encoded = std::move(encoded);
  return out;
}

}  // namespace

TEST_CASE("equal bytes are kept once, others apart, and none longer than somebody holds them") {
  BytesPool pool;
  auto first = pool.shared(bytes(1));
  CHECK(pool.shared(bytes(1)) == first);
  CHECK(pool.shared(bytes(9)) != first);
  const std::weak_ptr<const Bytes> watched = first;
  first.reset();
  CHECK(watched.expired());
  const auto again = pool.shared(bytes(1));
  CHECK(*again == Bytes{1, 2, 3});
}

TEST_CASE("two simulated disks with one pool share what both hold") {
  const auto pool = std::make_shared<BytesPool>();
  std::shared_ptr<const Bytes> kept[2];
  for (auto& one : kept) {
    const auto backing = std::make_shared<MemoryBacking>();
    backing->pool = pool;
    MemoryMedium medium(backing);
    medium.committed({write_of(bytes(1))});
    one = backing->batches.begin()->second.batch.encoded;
  }
  CHECK(kept[0] == kept[1]);
}
