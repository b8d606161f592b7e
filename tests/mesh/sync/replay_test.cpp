#include "mesh/sync/replay.hpp"

#include "mesh/world/real_workers.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

StoredBatch stored(const Batch& batch, std::uint64_t first_ordinal) {
  return {batch.header.log, batch.header.sequence, first_ordinal, batch.header.record_count,
          std::make_shared<const Bytes>(batch.encoded)};
}

ReplayAhead::KeyOf no_keys() {
  return [](const ScopeId&) { return std::nullopt; };
}

}  // namespace

TEST_CASE("what is prepared on other cores comes in order, opened and with the records' digests") {
  tests::Author author;
  RealWorkers workers;
  std::vector<Digest> wanted, given;
  std::vector<std::uint64_t> order;
  ReplayAhead ahead(workers, no_keys(), [&](ReplayAhead::Ready ready) {
    REQUIRE(ready.batch);
    REQUIRE(ready.opened);
    order.push_back(ready.stored.first_ordinal);
    CHECK(ready.opened->records.size() == ready.ids.size());
    for (const auto& record : ready.opened->records) CHECK(record.header.author != 0);
    given.insert(given.end(), ready.ids.begin(), ready.ids.end());
    return true;
  });
  const std::size_t many = ReplayAhead::group_batches_max + 10;
  for (std::uint64_t i = 0; i < many; ++i) {
    const auto record = author.indicator(fmt::format("host-{}.example", i));
    wanted.push_back(crypto::blake2b(record));
    CHECK(ahead.add(stored(author.append({record}), i)));
  }
  ahead.finish();
  CHECK(given == wanted);
  CHECK(order.size() == many);
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("a sealed batch whose key is not known yet is left to whoever takes it") {
  tests::Author author;
  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  const auto batch = author.append({author.indicator("evil.example")}, &key);
  RealWorkers workers;
  for (const bool known : {false, true}) {
    bool taken = false, opened = false;
    ReplayAhead ahead(
        workers,
        [&](const ScopeId&) { return known ? std::optional(key) : std::nullopt; },
        [&](ReplayAhead::Ready ready) {
          taken = ready.batch.has_value();
          opened = ready.opened.has_value();
          return true;
        });
    ahead.add(stored(batch, 0));
    ahead.finish();
    CHECK(taken);
    CHECK(opened == known);
  }
}

TEST_CASE("what cannot be parsed is handed over as the error that it is") {
  tests::Author author;
  auto broken = stored(author.append({author.indicator("evil.example")}), 0);
  broken.encoded = std::make_shared<const Bytes>(broken.encoded->begin(), broken.encoded->end() - 1);
  RealWorkers workers;
  int errors = 0;
  ReplayAhead ahead(workers, no_keys(), [&](ReplayAhead::Ready ready) {
    errors += !ready.batch && !ready.opened;
    return true;
  });
  ahead.add(broken);
  ahead.finish();
  CHECK(errors == 1);
}

TEST_CASE("whoever has seen enough is handed nothing more") {
  tests::Author author;
  RealWorkers workers;
  int taken = 0;
  ReplayAhead ahead(workers, no_keys(), [&](ReplayAhead::Ready) { return ++taken < 3; });
  for (std::uint64_t i = 0; i < 10; ++i)
    ahead.add(stored(author.append({author.indicator("evil.example")}), i));
  ahead.finish();
  CHECK(taken == 3);
  CHECK_FALSE(ahead.add(stored(author.append({author.indicator("evil.example")}), 10)));
}
