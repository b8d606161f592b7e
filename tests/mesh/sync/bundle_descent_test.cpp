#include "mesh/sync/bundle_descent.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::size_t size = 100;
const LogKey control{AgentId{{1}}, 1, {}, LogClass::control};
const LogKey notes{AgentId{{1}}, 1, {}, LogClass::case_};

/// It says in its bytes where it belongs.
Batch batch_of(const LogKey& log, std::uint8_t sequence, std::uint8_t branch = 0) {
  Batch out;
  out.header.log = log;
  out.header.sequence = sequence;
  out.id = Digest{{sequence, branch}};
  out.encoded = Bytes(size, sequence);
  out.encoded[1] = std::uint8_t(log.log_class);
  return out;
}

struct File {
  std::vector<Batch> batches;
  /// One walk through the file; gives the sequences in the order in which they are taken.
  std::vector<int> walk(BundleDescent& descent) const {
    for (const auto& batch : batches) descent.keep(batch);
    std::vector<int> out;
    for (const auto& encoded : descent.take()) out.push_back(encoded[0]);
    return out;
  }
};

const File ascending{{batch_of(notes, 1), batch_of(notes, 2), batch_of(notes, 3),
                      batch_of(control, 7), batch_of(control, 8)}};

}  // namespace

TEST_CASE("what the file holds upwards is taken downwards, trust first") {
  BundleDescent descent;
  CHECK(ascending.walk(descent) == std::vector{8, 7, 3, 2, 1});
  CHECK_FALSE(descent.more());
  CHECK(ascending.walk(descent).empty());
}

TEST_CASE("beyond its bound a descent takes one part per walk, each batch once and in order") {
  BundleDescent descent(2 * size);
  CHECK(ascending.walk(descent) == std::vector{8, 7});
  CHECK(descent.more());
  CHECK(ascending.walk(descent) == std::vector{3, 2});
  CHECK(descent.more());
  CHECK(ascending.walk(descent) == std::vector{1});
  CHECK_FALSE(descent.more());
}

TEST_CASE("a batch larger than the bound is taken alone, and copies of a place fill no memory") {
  BundleDescent descent(1);
  const File repeated{{batch_of(notes, 2), batch_of(notes, 2), batch_of(notes, 2, 1)}};
  CHECK(repeated.walk(descent) == std::vector{2});
  CHECK(descent.more());
  CHECK(repeated.walk(descent) == std::vector{2});
  CHECK_FALSE(descent.more());
}
