#include "agents/bench/ingest.hpp"

#include "agents/bench/load.hpp"
#include "agents/bench/scratch.hpp"
#include "mesh/store/digest_index.hpp"
#include "mesh/sync/indicator_ledger.hpp"
#include "playbooks/detect/indicator_index.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::uint64_t singles_part = 50;  ///< one of so many is also sent alone

class Receiver {
 public:
  Receiver(mesh::World& world, mesh::Store& store, const Operators& operators)
      : store_(store), index_(world.entropy), changed_(world.loop),
        catalogue_(store, {operators.id(Operators::far), operators.charter(),
                           operators.sealing(Operators::far)}) {}

  mesh::Task<Result<void>> take_all(std::vector<Bytes> batches) {
    const auto all = batches.size();
    for (auto& encoded : batches) {
      while (store_.full()) co_await store_.wait_for_room();
      if (auto taken = take(std::move(encoded)); !taken) co_return taken;
    }
    while (durable_ < all && !failed_) co_await changed_.wait();
    if (failed_) co_return std::unexpected(*failed_);
    co_return Result<void>{};
  }

  // Out of the store again: each record is there, in order, and found by value and by digest.
  Result<void> check(const Indicators& indicators) const {
    std::size_t at = 0;
    std::optional<Error> wrong;
    const auto scanned = store_.scan([&](const mesh::StoredBatch& stored) {
      const auto batch = mesh::parse_batch(*stored.encoded);
      const auto opened = batch ? mesh::open_batch(*batch, nullptr) : std::unexpected(batch.error());
      if (!opened) wrong = opened.error();
      for (std::size_t i = 0; !wrong && i < opened->records.size(); ++i, ++at)
        if (at >= indicators.size() ||
            !holds(opened->records[i], stored.first_ordinal + i, indicators[at]))
          wrong = Error{Errc::corrupt, fmt::format("bench: indicator {} is not found", at)};
      return !wrong;
    });
    if (!scanned) return scanned;
    if (wrong) return std::unexpected(*wrong);
    if (at != indicators.size())
      return fail(Errc::corrupt, "bench: {} of {} are in the store", at, indicators.size());
    return {};
  }

 private:
  Result<void> take(Bytes encoded) {
    const auto batch = mesh::parse_batch(std::move(encoded));
    if (!batch) return std::unexpected(batch.error());
    const auto judged = catalogue_.judge(*batch);
    if (judged.verdict != mesh::Verdict::fresh)
      return fail(Errc::corrupt, "bench: a batch was refused: {}", judged.reason);
    const auto& records = judged.opened.records;
    const auto first_ordinal = store_.append(
        {batch->header.log, batch->header.sequence, 0, std::uint16_t(records.size()),
         std::make_shared<const Bytes>(batch->encoded)},
        [this](Result<void> done) {
          ++durable_;
          if (!done) failed_ = done.error();
          changed_.set();
        });
    for (std::size_t i = 0; i < records.size(); ++i) {
      const auto ordinal = first_ordinal + i;
      const auto key = mesh::indicator_key(records[i]);
      digests_.add(records[i].id(), ordinal);
      ledger_.add(ordinal, "near", key.expires_s, records[i]);
      if (auto in = index_.insert(std::uint32_t(ordinal), key.type, key.value); !in) return in;
    }
    return {};
  }

  bool holds(const mesh::RecordView& record, std::uint64_t ordinal,
             const playbooks::BenchLoad::Indicator& wanted) const {
    const auto key = mesh::indicator_key(record);
    if (key.type != wanted.type || key.value != wanted.value) return false;
    std::vector<std::uint64_t> places;
    digests_.find(record.id(), places);
    if (std::find(places.begin(), places.end(), ordinal) == places.end()) return false;
    const auto found = index_.find(wanted.type, wanted.value,
                                   [&](std::uint32_t candidate, auto, auto) {
                                     return candidate == ordinal;
                                   });
    return found.size() == 1;
  }

  mesh::Store& store_;
  playbooks::IndicatorIndex index_;
  mesh::Event changed_;
  mesh::Catalogue catalogue_;
  mesh::DigestIndex digests_;
  mesh::IndicatorLedger ledger_;
  std::size_t durable_ = 0;
  std::optional<Error> failed_;
};

struct Taken {
  double cpu = 0, wall = 0, record_bytes = 0, record_bytes_max = 0, store_bytes = 0;
};

Result<Taken> take_in(mesh::RealWorld& machine, const Operators& operators,
                      const Indicators& indicators, std::size_t per_batch,
                      mesh::LogClass log_class) {
  auto& world = machine.world();
  auto load = sign_all(indicators, operators, world, per_batch, log_class);
  if (!load) return std::unexpected(load.error());
  const auto scratch = Scratch::make(world);
  if (!scratch) return std::unexpected(scratch.error());
  const auto store = mesh::open_lmdb_store(world, {scratch->folder()});
  if (!store) return std::unexpected(store.error());
  Receiver receiver(world, **store, operators);

  const auto begun = world.clock.now();
  const auto cpu_before = world.processes.cpu_time();
  const auto taken = machine.complete(receiver.take_all(std::move(load->batches)));
  Taken out{.cpu = seconds(world.processes.cpu_time() - cpu_before),
            .wall = seconds(world.clock.now() - begun)};
  if (!taken) return std::unexpected(taken.error());
  if (auto right = receiver.check(indicators); !right) return std::unexpected(right.error());
  out.record_bytes = double(load->record_bytes);
  out.record_bytes_max = double(load->record_bytes_max);
  out.store_bytes = double((*store)->bytes_on_disk());
  return out;
}

}  // namespace

Result<Figures> measure_ingest(mesh::RealWorld& machine, std::uint64_t count,
                               std::uint64_t seed) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  const auto indicators = make_indicators(count, seed);
  const auto all =
      take_in(machine, *operators, indicators, batch_records, mesh::LogClass::indicator);
  if (!all) return std::unexpected(all.error());
  const Indicators some(indicators.begin(),
                        indicators.begin() + std::ptrdiff_t((count + singles_part - 1) / singles_part));
  const auto singles = take_in(machine, *operators, some, 1, mesh::LogClass::urgent);
  if (!singles) return std::unexpected(singles.error());
  const auto n = double(count);
  return Figures{{"indicators", n, "found afterwards"},
                 {"indicators_per_s", n / all->cpu, "per CPU second, all threads", "≥ 600,000"},
                 {"indicators_per_s_wall", n / all->wall, "per second"},
                 {"cpu_seconds", all->cpu, "s"},
                 {"wall_seconds", all->wall, "s"},
                 {"record_bytes", all->record_bytes / n, "bytes each"},
                 {"record_bytes_max", all->record_bytes_max, "bytes", "≤ 126"},
                 {"store_bytes", all->store_bytes / n, "bytes each"},
                 {"singles", double(some.size()), "urgent, in a batch each, found afterwards"},
                 {"singles_per_s", double(some.size()) / singles->cpu,
                  "per CPU second, all threads", "≥ 7,000"},
                 {"singles_per_s_wall", double(some.size()) / singles->wall, "per second"}};
}

}  // namespace tocsin::agents::bench
