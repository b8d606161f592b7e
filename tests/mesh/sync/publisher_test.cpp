#include "mesh/sync/publisher.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

LogKey log_of(LogClass log_class) { return {{}, 1, {}, log_class}; }
const LogKey case_log = log_of(LogClass::case_);
const Bytes record(40, 1);

}  // namespace

TEST_CASE("a record waits for the linger and leaves with those that came meanwhile") {
  Publisher publisher(5ms);
  CHECK_FALSE(publisher.due());
  publisher.add(case_log, record, 11, Instant{1s});
  publisher.add(case_log, record, 12, Instant{1s + 4ms});
  CHECK(publisher.due() == Instant{1s + 5ms});
  CHECK(publisher.waiting() == 2);
  CHECK_FALSE(publisher.take(Instant{1s + 5ms - 1ns}));
  const auto batch = publisher.take(Instant{1s + 5ms});
  REQUIRE(batch);
  CHECK(batch->log == case_log);
  CHECK(batch->records.size() == 2);
  CHECK(batch->tags == std::vector<std::uint64_t>{11, 12});
  CHECK(publisher.waiting() == 0);
  CHECK_FALSE(publisher.due());
}

TEST_CASE("no linger is longer than its bound") {
  Publisher publisher(1h);
  publisher.add(case_log, record, 1, Instant{});
  CHECK(publisher.due() == Instant{Publisher::linger_max});
}

TEST_CASE("control goes before urgent, urgent before the rest, and neither lingers") {
  Publisher publisher(5ms);
  for (const auto log_class :
       {LogClass::indicator, LogClass::case_, LogClass::urgent, LogClass::control})
    publisher.add(log_of(log_class), record, 1, Instant{});
  std::vector<LogClass> order;
  while (auto batch = publisher.take(Instant{})) order.push_back(batch->log.log_class);
  CHECK(order == std::vector{LogClass::control, LogClass::urgent});
  while (auto batch = publisher.take(Instant{5ms})) order.push_back(batch->log.log_class);
  CHECK(order == std::vector{LogClass::control, LogClass::urgent, LogClass::case_,
                             LogClass::indicator});
}

TEST_CASE("a batch with as many records as it may hold is due at once") {
  Publisher publisher(5ms);
  for (std::size_t i = 0; i <= batch_records_max; ++i)
    publisher.add(case_log, record, i, Instant{});
  const auto full = publisher.take(Instant{});
  REQUIRE(full);
  CHECK(full->records.size() == batch_records_max);
  CHECK_FALSE(publisher.take(Instant{}));
  const auto rest = publisher.take(Instant{5ms});
  REQUIRE(rest);
  CHECK(rest->tags == std::vector<std::uint64_t>{batch_records_max});
}

TEST_CASE("a record that would make its batch too large begins the next one") {
  Publisher publisher(5ms);
  const Bytes large(200 * 1024, 1);
  for (std::uint64_t i = 0; i < 3; ++i) publisher.add(case_log, large, i, Instant{});
  const auto first = publisher.take(Instant{});
  REQUIRE(first);
  CHECK(first->records.size() == 2);
  CHECK_FALSE(publisher.take(Instant{}));
  CHECK(publisher.take(Instant{5ms})->tags == std::vector<std::uint64_t>{2});
}

TEST_CASE("what was gathered can always be signed, however its records fill it") {
  tests::SeededEntropy entropy(5);
  const auto key = crypto::SigningKey::make(entropy);
  const auto agent = crypto::agent_id_of(key.public_key());
  const LogKey log{agent, 1, ScopeId{{1}}, LogClass::case_};
  const auto scope_key = entropy.make<crypto::SecretKey>();
  Publisher publisher(5ms);
  const RecordHeader header{RecordKind::note, {}, WallTime{1'790'000'000'000}, agent.prefix()};
  for (std::size_t size = 1000; publisher.waiting() < 900; size += 7)
    publisher.add(log, std::move(FieldWriter(header).bytes(1, Bytes(size, 'a'))).take(), 1,
                  Instant{});
  std::size_t batches = 0;
  while (auto gathered = publisher.take(Instant{5ms})) {
    const BatchDraft draft{gathered->log, 1, WallTime{1'790'000'000'000}, {}, gathered->records};
    const auto batch = sign_batch(draft, key, {}, &scope_key, entropy);
    REQUIRE(batch);
    CHECK(batch->encoded.size() <= batch_bytes_max);
    ++batches;
  }
  CHECK(batches > 1);
}

TEST_CASE("a log goes on where its last batch was signed") {
  Publisher publisher(5ms);
  CHECK(publisher.tail(case_log).sequence == 0);
  CHECK(publisher.tail(case_log).id.is_zero());
  const auto id = crypto::blake2b(record);
  publisher.signed_as(case_log, 4, id);
  CHECK(publisher.tail(case_log).sequence == 4);
  CHECK(publisher.tail(case_log).id == id);
  CHECK(publisher.tail(log_of(LogClass::urgent)).sequence == 0);
}
