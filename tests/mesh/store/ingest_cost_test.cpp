// What one record costs from the bytes of its batch to the disk. Hidden; run with "[bench]".
#include <iostream>

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"
#include "tests/mesh/wire/batches.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

struct Stopwatch {
  RealWorld& real;
  Duration from = real.world().processes.cpu_time();
  double us_per(std::size_t records) const {
    const auto spent = real.world().processes.cpu_time() - from;
    return double(spent.count()) / 1000.0 / double(records);
  }
};

std::vector<Bytes> signed_batches(tests::Author& author, int count, std::size_t record_bytes) {
  std::vector<Bytes> out;
  for (int b = 0; b < count; ++b) {
    std::vector<Bytes> records;
    for (int i = 0; i < 256; ++i) {
      auto name = fmt::format("h{}-{}.c2.example", b, i);
      const auto short_by = record_bytes - author.indicator(name).size();
      records.push_back(author.indicator(std::string(short_by, 'x') + name));
      TOCSIN_ASSERT(records.back().size() == record_bytes);
    }
    out.push_back(author.append(records).encoded);
  }
  return out;
}

}  // namespace

TEST_CASE("the cost of a record from batch to disk", "[.][bench]") {
  RealWorld real;
  tests::ScratchFolder folder;
  tests::Author author;
  constexpr int batches = 2000;
  constexpr std::size_t records = 256 * batches;
  const auto encoded = signed_batches(author, batches, 126);
  auto store = *open_lmdb_store(real.world(), {folder.path() / "store", 4ull << 30});
  const Stopwatch whole{real};

  const Stopwatch parse{real};
  std::vector<Batch> parsed;
  for (const auto& bytes : encoded) parsed.push_back(*parse_batch(bytes));
  std::cout << "parse (with one copy)  " << parse.us_per(records) << " us\n";

  const Stopwatch verify{real};
  for (const auto& batch : parsed)
    REQUIRE(verify_signature(batch, author.certificate, author.federation));
  std::cout << "verify                 " << verify.us_per(records) << " us\n";

  const Stopwatch open{real};
  for (const auto& batch : parsed) REQUIRE(open_batch(batch, nullptr));
  std::cout << "open                   " << open.us_per(records) << " us\n";

  const Stopwatch append{real};
  std::size_t owed = 0;
  for (auto& batch : parsed) {
    ++owed;
    const auto n = batch.header.record_count;
    store->append({batch.header.log, batch.header.sequence, 0, n,
                   std::make_shared<const Bytes>(std::move(batch.encoded))},
                  [&](Result<void> result) {
                    TOCSIN_ASSERT(result.has_value());
                    --owed;
                    real.stop();
                  });
    while (store->full()) real.run();
  }
  while (owed > 0) real.run();
  std::cout << "append, both threads   " << append.us_per(records) << " us\n";
  std::cout << "together               " << 1.0 / whole.us_per(records) << " M records/s\n";

  const Stopwatch scan{real};
  REQUIRE(store->scan([](const StoredBatch&) { return true; }));
  std::cout << "scan                   " << scan.us_per(records) << " us\n";
}
